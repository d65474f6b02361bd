import { expect, test } from 'vitest';
import { range, rangeWords } from './range';

const at = (text: string) => new Date(text).getTime();
const now = at('2026-11-20T15:07');
const of = (text: string) => range(new URLSearchParams(text), now);

test('calendar days of the reader, up to now, beside as many before', () => {
  expect(of('')).toMatchObject({ preset: '14d', from: at('2026-11-07T00:00'), to: undefined, fine: 'hour', coarse: 'day' });
  expect(of('range=7d').before).toEqual({ from: at('2026-11-07T00:00'), to: at('2026-11-13T15:05') });
  expect(of('range=24h')).toMatchObject({ from: at('2026-11-19T16:00'), fine: 'hour', coarse: 'hour' });
  expect(of('range=90d')).toMatchObject({ fine: 'day', coarse: 'day' });
  expect(of('range=nonsense').preset).toBe('14d');
});

test('a range that was drawn over a chart', () => {
  const query = new URLSearchParams({ from: new Date('2026-11-12T10:00').toISOString(), to: new Date('2026-11-12T12:00').toISOString() });
  expect(range(query, now)).toMatchObject({ preset: undefined, to: at('2026-11-12T12:00'), before: { from: at('2026-11-12T08:00'), to: at('2026-11-12T10:00') }, fine: 'hour', coarse: 'hour' });
  expect(of('from=2026-11-12T10:00:00Z&to=2026-11-11T10:00:00Z').preset).toBe('14d');
  expect(of('from=soon&to=later').preset).toBe('14d');
});

test('what is no longer kept by minute or hour is not asked for so', () => {
  const drawn = (from: string, to: string) => range(new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }), now);
  expect(drawn('2026-11-19T10:00', '2026-11-19T12:00')).toMatchObject({ fine: 'minute', coarse: 'minute' });
  expect(drawn('2026-11-12T10:00', '2026-11-12T12:00')).toMatchObject({ fine: 'hour', coarse: 'hour' });
  expect(drawn('2025-03-12T10:00', '2025-03-12T12:00')).toMatchObject({ fine: 'day', coarse: 'day' });
});

test.each([
  ['', '7 to 20 November'],
  ['range=90d', '23 August to 20 November'],
  ['range=24h', '19 Nov, 16:00 to 20 Nov, 15:07'],
])('%s in words', (text, words) => expect(rangeWords(of(text), now)).toBe(words));

test('drawn ranges in words', () => {
  expect(rangeWords({ preset: undefined, from: at('2026-11-12T10:00'), to: at('2026-11-12T12:00') }, now)).toBe('12 Nov, 10:00 to 12:00');
  expect(rangeWords({ preset: undefined, from: at('2026-11-12T00:00'), to: at('2026-11-13T00:00') }, now)).toBe('12 November');
});
