import type { Environment, Prompt } from '../api/types';

export type Sides = { from: string; to: string };

/** What the address says, else production against the newest; `undefined` where there are not two to compare. */
export function sides(query: URLSearchParams, prompt: Prompt, environments: readonly Environment[]): Sides | undefined {
  const newest = prompt.latest;
  if (!newest) return undefined;
  const production = environments.find((one) => one.production && prompt.live[one.name])?.name;
  const from = query.get('from') || production || (newest.sequence > 1 ? String(newest.sequence - 1) : '');
  return from ? { from, to: query.get('to') || 'latest' } : undefined;
}

/** Beside its number, how a side was asked for: by the name of an environment or a label. */
export function askedAs(reference: string, number: string | null | undefined): string {
  if (reference === 'latest') return 'newest';
  return reference === number || /^\d+$/.test(reference) ? '' : reference;
}

/** The next of `count` differences, round and round; the first or the last when none was looked at. */
export function nextDifference(at: number, step: 1 | -1, count: number): number {
  if (count === 0) return -1;
  if (at < 0) return step > 0 ? 0 : count - 1;
  return (at + step + count) % count;
}
