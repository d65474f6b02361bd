import type { RecordingPolicy, RedactRule } from '$lib/api/recorded';

export const BODIES = [
  { value: 'store', label: 'Keep them', more: 'Variables, inputs and outputs as they are sent, after the rules below.' },
  { value: 'truncate', label: 'Keep the beginning', more: 'Each is cut at the length below.' },
  { value: 'drop', label: 'Keep nothing of them', more: 'Figures are kept; what was said is not.' },
] as const;

export const LIMITS = { bytes: [1024, 262_144], days: [1, 3650], tags: 5 } as const;

/** The form's own shape: what is typed, before it is a policy. */
export type Draft = { bodies: string; kilobytes: string; days: string; tags: string; redact: RedactRule[] };

export const drafted = (policy: RecordingPolicy): Draft => ({
  bodies: policy.bodies,
  kilobytes: String(policy.max_body_bytes / 1024),
  days: String(policy.retention_days),
  tags: policy.tags.join(', '),
  redact: policy.redact.map((rule) => ({ ...rule })),
});

export function policyOf(draft: Draft): RecordingPolicy {
  return {
    bodies: draft.bodies,
    max_body_bytes: Math.round(Number(draft.kilobytes) * 1024),
    retention_days: Number(draft.days),
    tags: tagsOf(draft.tags),
    redact: draft.redact.map(({ name, pattern, replacement }) => ({ name: name.trim(), pattern, ...(replacement ? { replacement } : {}) })),
  };
}

export const tagsOf = (text: string): string[] => [...new Set(text.split(',').map((tag) => tag.trim()).filter(Boolean))];

export type Faults = { kilobytes?: string; days?: string; tags?: string };

/** What of it the server would refuse. */
export function faults(draft: Draft): Faults {
  const policy = policyOf(draft);
  const within = (value: number, [low, high]: readonly [number, number]) => Number.isFinite(value) && value >= low && value <= high;
  return {
    kilobytes: draft.bodies !== 'truncate' || within(policy.max_body_bytes, LIMITS.bytes) ? undefined : 'From 1 to 256 KiB.',
    days: Number.isInteger(policy.retention_days) && within(policy.retention_days, LIMITS.days) ? undefined : 'From 1 to 3,650 whole days.',
    tags: policy.tags.length > LIMITS.tags ? `Five at most; these are ${policy.tags.length}.` : undefined,
  };
}

export type Tried = { text: string; problem?: undefined } | { text?: undefined; problem: string };

/**
 * What rules make of a text, here in the browser. The server's expressions are close to these but not the same, so this is a
 * look ahead, not a proof.
 */
export function tried(rules: readonly RedactRule[], text: string): Tried {
  let out = text;
  for (const rule of rules) {
    if (!rule.pattern) continue;
    try {
      // The server's expressions may begin with flags: `(?i)`.
      const flags = /^\(\?([ims]+)\)/.exec(rule.pattern);
      const pattern = new RegExp(flags ? rule.pattern.slice(flags[0].length) : rule.pattern, `gu${flags?.[1] ?? ''}`);
      out = out.replace(pattern, () => (rule.replacement ? rule.replacement : `[${rule.name}]`));
    } catch {
      return { problem: `The pattern of ${rule.name || 'a rule without a name'} cannot be tried here. The server checks it when it is saved.` };
    }
  }
  return { text: out };
}

/** For those who begin. */
export const EXAMPLES: readonly RedactRule[] = [
  { name: 'email', pattern: String.raw`[\w.+-]+@[\w-]+\.[\w.-]+` },
  { name: 'card', pattern: String.raw`\b(?:\d[ -]?){13,16}\b` },
  { name: 'iban', pattern: String.raw`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b` },
];
