import { describe, expect, test } from 'vitest';
import type { HistoryEntry } from '../api/types';
import { byDay, dayAfter, dayStart } from './days';

const NOW = new Date(2026, 10, 21, 9).getTime();
const at = (day: number, hour: number) => ({ at: new Date(2026, 10, day, hour).toISOString() }) as HistoryEntry;

describe('days', () => {
  test('hold what happened on them', () => {
    const days = byDay([at(21, 8), at(21, 1), at(20, 23), at(18, 12)], NOW);
    expect(days.map(({ label, entries }) => [label, entries.length])).toEqual([['Today', 2], ['Yesterday', 1], ['18 Nov', 1]]);
  });

  test('begin and end where one lives', () => {
    expect(dayStart('2026-11-20')).toBe(new Date(2026, 10, 20).toISOString());
    expect(dayAfter('2026-11-30')).toBe(new Date(2026, 11, 1).toISOString());
    expect([dayStart(''), dayStart('soon'), dayStart('2026-99-99'), dayAfter('x')]).toEqual([undefined, undefined, undefined, undefined]);
  });
});
