import { expect, test } from 'vitest';
import { basisWords, figureRow } from './figures';

const plain = (text: string) => text.replaceAll('\u2009', ' ');
const given = (more: object) => ({ metric: 'latency_mean_ms', better: 'lower', from: 3300, to: 2900, change: -400, low: -500, high: -300, ...more });

test('an interval without zero is a verdict, where both served at once', () => {
  const row = figureRow(given({}), true);
  expect(row).toMatchObject({ label: 'Latency, mean', tone: 'good', verdict: 'Yes, faster' });
  expect(plain(row.change)).toBe('−400 ms');
  expect(plain(row.interval)).toBe('−500 ms to −300 ms');
  expect(figureRow(given({ from: 2900, to: 3300, low: 300, high: 500 }), true)).toMatchObject({ tone: 'bad', verdict: 'Yes, slower' });
});

test('with zero in it nothing can be said; without an interval neither', () => {
  expect(figureRow(given({ low: -500, high: 100 }), true)).toMatchObject({ tone: 'same', verdict: 'Not distinguishable' });
  expect(figureRow(given({ low: null, high: null }), true)).toMatchObject({ interval: '–', verdict: '' });
});

test('no verdict follows from different times', () => {
  expect(figureRow(given({}), false)).toMatchObject({ tone: 'same', verdict: '' });
  expect(basisWords({ basis: 'observational', shared_hours: 0, environment: 'production' })).toBe('production, at different times');
  expect(basisWords({ basis: 'concurrent', shared_hours: 1, environment: 'production' })).toBe('production, over 1 hour in which both served');
});

test('scores and figures that this page does not know yet', () => {
  expect(figureRow(given({ metric: 'score:thumbs', better: 'higher', from: 0.9, to: 0.95, low: 0.02, high: 0.08 }), true)).toMatchObject({ label: 'Thumbs up', tone: 'good', verdict: 'Yes, higher' });
  expect(plain(figureRow(given({ metric: 'score:thumbs', better: 'higher', from: 0.9, to: 0.95, low: 0.02, high: 0.08 }), true).interval)).toBe('+2 pt to +8 pt');
  expect(figureRow(given({ metric: 'retries_mean', better: 'neither' }), true)).toMatchObject({ label: 'retries mean', tone: 'same', verdict: 'Yes, lower' });
});
