import { expect, test } from 'vitest';
import type { HistoryEntry } from '$lib/api/types';
import { isOf } from './kinds';

const entry = (action: string, at: Date, detail: Record<string, unknown> = {}): HistoryEntry => ({ action, at: at.toISOString(), actor: 'Ada', detail, prompt: 'a', environment: null }) as HistoryEntry;
const NOW = new Date(2026, 0, 2, 0, 30).getTime();

test('what may be shown alone', () => {
  const at = new Date(NOW);
  expect(isOf(entry('label.put', at), '')).toBe(true);
  expect(isOf(entry('label.put', at), 'version')).toBe(false);
  expect(isOf(entry('version.create', at, { activated: { environment: 'production' } }), 'deployment')).toBe(true);
  expect(isOf(entry('version.create', at, { activated: null }), 'deployment')).toBe(false);
  expect(isOf(entry('prompt.import', at, { versions: [] }), 'version')).toBe(true);
  expect(isOf(entry('prompt.archive', at), 'version')).toBe(false);
});
