import { expect, test } from 'vitest';
import { addDays, dayOf, timeMarks } from './days';

const at = (text: string) => new Date(text).getTime();
const now = at('2026-11-20T15:00');

test('two weeks are marked by days, the last of them as today', () => {
  const marks = timeMarks(at('2026-11-07T00:00'), at('2026-11-21T00:00'), 5, now);
  expect(marks.map((mark) => mark.label)).toEqual(['7 Nov', '10 Nov', '13 Nov', '16 Nov', '19 Nov']);
  expect(timeMarks(at('2026-11-18T00:00'), at('2026-11-21T00:00'), 5, now).map((mark) => mark.label)).toEqual(['18 Nov', '19 Nov', 'today', '21 Nov']);
});

test('a day is marked by hours, its midnight by its date', () => {
  const marks = timeMarks(at('2026-11-19T16:00'), at('2026-11-20T16:00'), 5, now);
  expect(marks.map((mark) => mark.label)).toEqual(['18:00', 'today', '06:00', '12:00']);
});

test('an hour is marked by minutes; marks are never more than asked for', () => {
  const marks = timeMarks(at('2026-11-20T14:00'), at('2026-11-20T15:00'), 5, now);
  expect(marks.map((mark) => mark.label)).toEqual(['14:00', '14:15', '14:30', '14:45', '15:00']);
  for (const days of [1, 2, 5, 9, 30, 90, 400]) expect(timeMarks(now - days * 86_400_000, now, 6, now).length).toBeLessThanOrEqual(7);
});

test('calendar days, not hours', () => {
  expect(dayOf(now)).toBe(at('2026-11-20T00:00'));
  expect(addDays(at('2026-11-20T00:00'), -13)).toBe(at('2026-11-07T00:00'));
});
