import { expect, test } from 'vitest';
import { amount, change, duration, money, percent, tickLabels, ticks, wholePercent, written } from './numbers';

const plain = (text: string) => text.replaceAll('\u2009', ' ');

test.each([
  [0, '0'],
  [7, '7'],
  [184_210, '184,210'],
  [1_984_000, '1.98 M'],
  [2_000_000, '2 M'],
  [999_600_000, '1 B'],
  [235.21, '235'],
  [2.345, '2.35'],
])('amount of %s', (n, text) => expect(plain(amount(n))).toBe(text));

test.each([
  [0, '$0'],
  [398.2, '$398.20'],
  [0.000225, '$0.000225'],
  [12_345.6, '$12,346'],
  [1_980_000, '$1.98 M'],
  [-3.5, '−$3.50'],
])('money of %s', (n, text) => expect(plain(money(n))).toBe(text));

test.each([
  [0, '0 ms'],
  [0.42, '0.42 ms'],
  [820.4, '820 ms'],
  [999.7, '1 s'],
  [1260.9, '1.26 s'],
  [59_800, '1 min'],
  [125_000, '2 min 5 s'],
])('duration of %s', (n, text) => expect(plain(duration(n))).toBe(text));

test.each([
  [0, '0 %'],
  [0.0067, '0.67 %'],
  [0.123, '12.3 %'],
  [1, '100 %'],
  [0.000_01, '< 0.01 %'],
  [0.9996, '99.96 %'],
])('percent of %s', (n, text) => expect(plain(percent(n))).toBe(text));

test('shares of a list never read as nothing', () => {
  expect(plain(wholePercent(0.372))).toBe('37 %');
  expect(plain(wholePercent(0.002))).toBe('< 1 %');
  expect(plain(wholePercent(0))).toBe('0 %');
});

test('what is not known is a dash', () => {
  expect(written('money', null)).toBe('–');
  expect(plain(written('ms', 3200))).toBe('3.2 s');
});

test.each([
  ['count', 106, 100, '+6 %'],
  ['money', 89, 100, '−11 %'],
  ['money', 100.1, 100, '±0 %'],
  ['count', 5000, 100, '50 times'],
  ['count', 5, 0, ''],
  ['ms', 3100, 3200, '−100 ms'],
  ['ms', 2200, 3400, '−1.2 s'],
  ['rate', 0.0076, 0.0067, '+0.09 pt'],
  ['rate', 0.01, 0.01, '±0 pt'],
  ['rate', null, 0.01, ''],
] as const)('change of %s from %s to %s', (unit, now, before, text) => expect(plain(change(unit, now, before))).toBe(text));

test.each([[33.7], [0.0043], [1], [7], [99], [100], [4851.2], [0.02]])('marks of %s are few, round and reach it', (highest) => {
  const marks = ticks(highest);
  expect(marks[0]).toBe(0);
  expect(marks.length).toBeGreaterThan(1);
  expect(marks.length).toBeLessThanOrEqual(5);
  expect(marks.at(-1)).toBeGreaterThanOrEqual(highest);
  expect(marks.at(-1)).toBeLessThan(highest * 2.01);
});

test('an axis without values is still one', () => expect(ticks(0)).toEqual([0, 1]));

test('the unit stands at the top', () => {
  const labels = (...given: Parameters<typeof tickLabels>) => tickLabels(...given).map(plain);
  expect(labels('money', [0, 10, 20, 30, 40])).toEqual(['0', '10', '20', '30', '$40']);
  expect(labels('ms', [0, 2000, 4000, 6000])).toEqual(['0', '2', '4', '6 s']);
  expect(labels('ms', [0, 200, 400])).toEqual(['0', '200', '400 ms']);
  expect(labels('rate', [0, 0.01, 0.02, 0.03])).toEqual(['0', '1', '2', '3 %']);
  expect(labels('count', [0, 10_000, 20_000])).toEqual(['0', '10', '20 k']);
});
