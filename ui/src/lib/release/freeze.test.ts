import { expect, test } from 'vitest';
import { frozen, until, wrongEnd } from './freeze';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const freeze = { since: '2026-11-20T10:00:00Z', reason: 'Black Friday' };

test('a freeze ends by its time, also when nobody says so', () => {
  expect(frozen({ freeze: { ...freeze, until: null } }, NOW)?.reason).toBe('Black Friday');
  expect(frozen({ freeze: { ...freeze, until: '2026-11-20T12:00:01Z' } }, NOW)).toBeDefined();
  expect(frozen({ freeze: { ...freeze, until: '2026-11-20T12:00:00Z' } }, NOW)).toBeUndefined();
  expect([frozen({ freeze: null }, NOW), frozen(undefined, NOW)]).toEqual([undefined, undefined]);
});

test('an end is a time, or none', () => {
  expect(until('', '', NOW)).toBeUndefined();
  expect(until('4', '', NOW)).toBe('2026-11-20T16:00:00.000Z');
  expect(until('at', '2026-12-01T08:30', NOW)).toBe(new Date('2026-12-01T08:30').toISOString());
  expect(until('at', '', NOW)).toBeUndefined();
  expect([wrongEnd('4', '', NOW), wrongEnd('at', '2026-12-01T08:30', NOW)]).toEqual([undefined, undefined]);
  expect(wrongEnd('at', '', NOW)).toBe('Choose a day and a time.');
  expect(wrongEnd('at', '2026-11-01T08:30', NOW)).toBe('This time is over; choose a later one.');
});
