import { describe, expect, test } from 'vitest';
import type { HistoryEntry } from '$lib/api/types';
import { byDay, isOf } from './days';

const entry = (action: string, at: Date, detail: Record<string, unknown> = {}): HistoryEntry => ({ action, at: at.toISOString(), actor: 'Ada', detail, prompt: 'a', environment: null }) as HistoryEntry;
const NOW = new Date(2026, 0, 2, 0, 30).getTime();

describe('the days of a history', () => {
  test('are those of the reader', () => {
    const days = byDay([entry('a.b', new Date(2026, 0, 2, 0, 10)), entry('a.b', new Date(2026, 0, 2, 0, 5)), entry('a.b', new Date(2026, 0, 1, 23, 59)), entry('a.b', new Date(2025, 10, 19, 12))], NOW);
    expect(days.map((day) => [day.label, day.entries.length])).toEqual([['Today', 2], ['Yesterday', 1], ['Wednesday 19 November 2025', 1]]);
    expect(byDay([], NOW)).toEqual([]);
  });

  test('kinds', () => {
    const at = new Date(NOW);
    expect(isOf(entry('label.put', at), '')).toBe(true);
    expect(isOf(entry('label.put', at), 'version')).toBe(false);
    expect(isOf(entry('version.create', at, { activated: { environment: 'production' } }), 'deployment')).toBe(true);
    expect(isOf(entry('version.create', at, { activated: null }), 'deployment')).toBe(false);
    expect(isOf(entry('prompt.import', at, { versions: [] }), 'version')).toBe(true);
    expect(isOf(entry('prompt.archive', at), 'version')).toBe(false);
  });
});
