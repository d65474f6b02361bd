import type { HistoryEntry } from '$lib/api/types';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** The time of the day, as lists that are grouped by day have it. */
export const timeOf = (at: string): string => clock.format(new Date(at));

/** What may be shown alone. */
export const KINDS = [
  { value: 'version', label: 'Versions' },
  { value: 'deployment', label: 'What is live' },
  { value: 'prompt', label: 'The prompt itself' },
  { value: 'label', label: 'Labels' },
  { value: 'sample', label: 'Samples' },
] as const;

/** A version that is live from its first moment is also about what is live. */
export function isOf(entry: HistoryEntry, kind: string): boolean {
  if (!kind || entry.action.startsWith(`${kind}.`)) return true;
  const detail: Record<string, unknown> = entry.detail;
  if (kind === 'deployment') return entry.action.startsWith('release.') || Boolean(detail.activated);
  return kind === 'version' && entry.action.startsWith('prompt.') && Boolean(detail.version ?? detail.versions);
}
