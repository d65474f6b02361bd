import type { HistoryEntry } from '../api/types';
import { date } from '../format/time';

export type Day = { key: string; label: string; entries: HistoryEntry[] };

const keyOf = (at: Date): string => [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');

/** Entries by the day of whoever looks; their order stays. */
export function byDay(entries: readonly HistoryEntry[], now: number): Day[] {
  const today = keyOf(new Date(now));
  const before = new Date(now);
  before.setDate(before.getDate() - 1);
  const yesterday = keyOf(before);
  const days: Day[] = [];
  for (const entry of entries) {
    const key = keyOf(new Date(entry.at));
    const last = days.at(-1);
    if (last?.key === key) last.entries.push(entry);
    else days.push({ key, label: key === today ? 'Today' : key === yesterday ? 'Yesterday' : date(entry.at, now), entries: [entry] });
  }
  return days;
}

/** The moment at which a day (`2026-11-20`) begins here; nothing for what is no day. */
export function dayStart(day: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const at = new Date(`${day}T00:00`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The moment at which it is over. */
export function dayAfter(day: string): string | undefined {
  const start = dayStart(day);
  if (!start) return undefined;
  const at = new Date(start);
  at.setDate(at.getDate() + 1);
  return at.toISOString();
}
