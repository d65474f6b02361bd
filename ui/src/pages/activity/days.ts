import type { HistoryEntry } from '$lib/api/types';

export type Day = { key: string; label: string; entries: HistoryEntry[] };

const thisYear = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const otherYear = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

const dayOf = (at: Date): string => `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;

/** The time of the day, as lists that are grouped by day have it. */
export const timeOf = (at: string): string => clock.format(new Date(at));

/** By day of the reader, newest first as they came. */
export function byDay(entries: readonly HistoryEntry[], now: number): Day[] {
  const today = new Date(now);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  const days: Day[] = [];
  for (const entry of entries) {
    const at = new Date(entry.at);
    const key = dayOf(at);
    let day = days.at(-1);
    if (day?.key !== key) {
      const label = key === dayOf(today) ? 'Today' : key === dayOf(yesterday) ? 'Yesterday' : (at.getFullYear() === today.getFullYear() ? thisYear : otherYear).format(at);
      day = { key, label, entries: [] };
      days.push(day);
    }
    day.entries.push(entry);
  }
  return days;
}

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
  if (kind === 'deployment') return Boolean(detail.activated);
  return kind === 'version' && entry.action.startsWith('prompt.') && Boolean(detail.version ?? detail.versions);
}
