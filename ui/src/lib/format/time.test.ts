import { expect, test } from 'vitest';
import { lasting, when } from './time';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test.each([
  [0, '0 s'],
  [-5 * SECOND, '0 s'],
  [59.9 * SECOND, '59 s'],
  [MINUTE, '1 min'],
  [9 * MINUTE + 12 * SECOND, '9 min 12 s'],
  [42 * MINUTE + 12 * SECOND, '42 min'],
  [2 * HOUR + 32 * MINUTE, '2 h 32 min'],
  [4 * HOUR, '4 h'],
  [24 * HOUR, '1 day'],
  [75 * HOUR + 5 * MINUTE, '3 days 3 h'],
])('%d ms last %s', (ms, expected) => expect(lasting(ms)).toBe(expected));

test('a time that is near is said as one says it', () => {
  const now = new Date(2026, 10, 20, 15, 0).getTime();
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 5).toISOString();
  expect([at(20, 1), at(20, 23), at(21, 0), at(19, 23), at(24, 12)].map((one) => when(one, now))).toEqual(['01:05', '23:05', 'tomorrow 00:05', 'yesterday 23:05', '24 Nov, 12:05']);
});
