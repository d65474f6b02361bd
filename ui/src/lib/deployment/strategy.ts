import type { Deploy } from '../api/types';
import { lasting } from '../format/time';
import { share } from './words';

export type Choice = 'immediate' | 'gradual' | 'canary' | 'custom';
export type Step = { percentage: number; after_s: number };

const HOUR = 3600;
const steps = (pairs: readonly (readonly [percentage: number, hours: number])[]): Step[] => pairs.map(([percentage, hours]) => ({ percentage, after_s: hours * HOUR }));

/** As the server has them. */
export const BUILT_IN: Record<'gradual' | 'canary', readonly Step[]> = {
  gradual: steps([[10, 0], [25, 1], [50, 2], [75, 4], [100, 8]]),
  canary: steps([[5, 0], [10, 2], [25, 4], [50, 8], [100, 24]]),
};

/** `5, 10, 25, 50 and 100 % over 24 h`. */
export function stepsSaid(all: readonly Step[]): string {
  const last = all.at(-1);
  if (!last) return '';
  if (all.length === 1) return `${share(last.percentage)} at once`;
  const numbers = all.slice(0, -1).map((step) => step.percentage.toLocaleString('en-US', { maximumFractionDigits: 2 }));
  return `${numbers.join(', ')} and ${share(last.percentage)} over ${lasting(last.after_s * 1000)}`;
}

export const CHOICES: readonly { value: Choice; label: string; more: string }[] = [
  { value: 'immediate', label: 'At once', more: 'Everyone gets it in under a second.' },
  { value: 'gradual', label: 'Gradual', more: stepsSaid(BUILT_IN.gradual) },
  { value: 'canary', label: 'Canary', more: stepsSaid(BUILT_IN.canary) },
  { value: 'custom', label: 'Own steps', more: 'Your percentages and times' },
];

/** What stays with one version meanwhile. */
export const UNITS: readonly { value: string; label: string }[] = [
  { value: 'user', label: 'each user, by the key of the calls' },
  { value: 'session', label: 'each session, by the key of the calls' },
  { value: 'request', label: 'nobody: each call falls by chance' },
];

export type Scale = 'min' | 'h' | 'd';
export const SCALES: readonly { value: Scale; label: string }[] = [
  { value: 'min', label: 'minutes' },
  { value: 'h', label: 'hours' },
  { value: 'd', label: 'days' },
];
const SECONDS: Record<Scale, number> = { min: 60, h: HOUR, d: 24 * HOUR };

/** A step as it is typed. The first begins at the start, the last is everybody: neither is typed. */
export type Row = { percentage: string; after: string; scale: Scale };

export const firstRows = (): Row[] => [
  { percentage: '10', after: '0', scale: 'h' },
  { percentage: '50', after: '1', scale: 'h' },
  { percentage: '100', after: '2', scale: 'h' },
];

export const MOST_STEPS = 50;
const MOST_DAYS = 90;

/** One more before the last, between its neighbours. */
export function withRow(rows: readonly Row[]): Row[] {
  const [before, last] = [rows.at(-2), rows.at(-1)];
  if (!last) return firstRows();
  const middle = (a: string | undefined, b: string) => ((number(a ?? '') ?? 0) + (number(b) ?? 0)) / 2;
  const after = !before ? '0' : before.scale === last.scale ? String(middle(before.after, last.after)) : before.after;
  return [...rows.slice(0, -1), { percentage: String(Math.floor(middle(before?.percentage, '100'))), after, scale: before?.scale ?? last.scale }, last];
}

export const withoutRow = (rows: readonly Row[], index: number): Row[] => rows.filter((_, i) => i !== index);

/** Errors by pointers of the request, as the server names its own. */
export type Read = { steps: Step[]; errors: ReadonlyMap<string, string> };

function number(text: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** Steps out of what is typed, and what is wrong with it. */
export function read(rows: readonly Row[]): Read {
  const errors = new Map<string, string>();
  const found: Step[] = [];
  for (const [i, row] of rows.entries()) {
    const [before, last] = [found.at(-1), i === rows.length - 1];
    const percentage = last ? 100 : number(row.percentage);
    const after = i === 0 ? 0 : number(row.after);
    const after_s = after === undefined ? undefined : Math.round(after * SECONDS[row.scale]);
    const wrong = last ? undefined : wrongShare(percentage, before);
    const time = wrongTime(after_s, before);
    if (wrong) errors.set(pointer(i, 'percentage'), wrong);
    if (time) errors.set(pointer(i, 'after_s'), time);
    if (!wrong && !time && percentage !== undefined && after_s !== undefined) found.push({ percentage, after_s });
  }
  return { steps: found, errors };
}

export const pointer = (index: number, field: keyof Step): string => `/strategy/steps/${index}/${field}`;

/** Why it is none, where it is none. */
function wrongShare(value: number | undefined, before: Step | undefined): string | undefined {
  if (value === undefined) return 'A number, such as 12.5.';
  if (value <= 0) return 'Above 0: a step at 0 serves nobody.';
  if (value >= 100) return 'Below 100: the last step is everyone.';
  if (Math.abs(value * 100 - Math.round(value * 100)) > 1e-6) return 'Two digits after the point at most.';
  return before && value <= before.percentage ? `More than ${share(before.percentage)}, the step before.` : undefined;
}

function wrongTime(seconds: number | undefined, before: Step | undefined): string | undefined {
  if (seconds === undefined) return 'A number, such as 2.';
  if (seconds > MOST_DAYS * 24 * HOUR) return `At most ${MOST_DAYS} days after the start.`;
  return before && seconds < before.after_s ? 'Not before the step above: times count from the start.' : undefined;
}

/** How a version is brought to an environment. */
export type How = { strategy: Choice; rows: Row[]; unit: string; hold: boolean };

export const atOnce = (): How => ({ strategy: 'immediate', rows: firstRows(), unit: 'user', hold: false });

/** What the request says of it; undefined: something in the own steps is wrong. */
export function body(how: How): Pick<Deploy, 'strategy' | 'unit' | 'hold'> | undefined {
  const hold = how.hold ? { hold: true } : {};
  if (how.strategy === 'immediate') return { strategy: 'immediate', ...hold };
  if (how.strategy !== 'custom') return { strategy: how.strategy, unit: how.unit, ...hold };
  const { steps: own, errors } = read(how.rows);
  return errors.size > 0 ? undefined : { strategy: { steps: own }, unit: how.unit, ...hold };
}

/** By which steps callers get it. */
export const stepsOf = (how: How): readonly Step[] => (how.strategy === 'custom' ? read(how.rows).steps : how.strategy === 'immediate' ? [{ percentage: 100, after_s: 0 }] : BUILT_IN[how.strategy]);

/** What an activation does as well. */
export const isPlain = (how: How): boolean => how.strategy === 'immediate' && !how.hold;
