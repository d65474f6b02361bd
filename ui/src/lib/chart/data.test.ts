import { expect, test } from 'vitest';
import type { SeriesItem } from '../api/recorded';
import { csv, cumulated, endOf, highest, isEmpty, stacked, values, type Plot } from './data';

const at = (n: number) => new Date(Date.UTC(2026, 10, n)).toISOString();
const item = (prompt: string, ...costs: (number | null)[]): SeriesItem => ({ prompt, points: costs.map((cost_usd, i) => ({ at: at(i + 1), cost_usd })) });
const name = (one: SeriesItem) => one.prompt ?? '';

test('the groups with the most come first, the rest is one and last', () => {
  const items = [item('a', 1, 1), item('b', 9, 9), item('c', 3, null), item('d', 4, 4), item('e', 5, 5), item('f', 0.5, 0), { ...item('', 2, 2), others: true }];
  const lines = stacked(items, 'cost_usd', name);
  expect(lines.map((line) => line.name)).toEqual(['b', 'e', 'd', 'c', 'others']);
  expect(lines.at(-1)).toMatchObject({ tone: 'c-6', values: [3.5, 3] });
  expect(cumulated(lines).at(-1)).toEqual([24.5, 21]);
});

test('one more than fits keeps its name; what has nothing is left out', () => {
  const lines = stacked([item('a', 5), item('b', 4), item('c', 3), item('d', 2), item('e', 1)], 'cost_usd', name);
  expect(lines.at(-1)).toMatchObject({ name: 'e', tone: 'c-6' });
  expect(stacked([item('a', 5), item('b', 0)], 'cost_usd', name).map((line) => line.name)).toEqual(['a']);
});

test('an empty bucket is a gap, not zero', () => {
  expect(values({ points: [{ at: at(1), latency_p50: null }, { at: at(2), latency_p50: 3 }] }, 'latency_p50')).toEqual([null, 3]);
  expect(values(undefined, 'x')).toEqual([]);
});

const plot: Plot = { kind: 'line', unit: 'ms', interval: 'day', at: [Date.parse(at(1)), Date.parse(at(2))], lines: [{ name: '=p99, "high"', values: [null, 7], tone: 'c-1' }] };

test('where buckets end, how high it goes, whether there is anything', () => {
  expect(endOf(plot, 0)).toBe(plot.at[1]);
  expect(endOf(plot, 1)).toBe(Date.parse(at(3)));
  expect(highest(plot)).toBe(7);
  expect(isEmpty(plot)).toBe(false);
  expect(isEmpty({ ...plot, lines: [{ name: 'x', values: [null, null], tone: 'c-1' }] })).toBe(true);
  expect(isEmpty({ ...plot, kind: 'bars', lines: [{ name: 'x', values: [0, 0], tone: 'c-1' }] })).toBe(true);
});

test('a file that a spreadsheet does not run', () => {
  expect(csv(plot)).toBe(`from,"'=p99, ""high"""\n2026-11-01T00:00:00.000Z,\n2026-11-02T00:00:00.000Z,7\n`);
});
