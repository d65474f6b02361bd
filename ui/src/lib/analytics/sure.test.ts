import { expect, test } from 'vitest';
import type { Distribution, Figures } from '../api/recorded';
import { errorsMoved, meanMoved } from './sure';

const spread = (count: number, mean: number | null, std: number): Distribution => ({ count, total: 0, min: null, max: null, mean, std, p25: null, p50: null, p75: null, p90: null, p95: null, p99: null });
const rate = (count: number, error_rate: number | null): Figures => ({ count, error_rate }) as Figures;

test('a mean has moved only where chance can hardly have moved it', () => {
  expect(meanMoved(spread(10_000, 900, 500), spread(10_000, 950, 500))).toBe(-1);
  expect(meanMoved(spread(10_000, 950, 500), spread(10_000, 900, 500))).toBe(1);
  expect(meanMoved(spread(100, 900, 500), spread(100, 950, 500))).toBe(0);
  expect(meanMoved(spread(10, 1, 0), spread(10_000, 9, 0))).toBe(0);
  expect(meanMoved(spread(100, null, 0), spread(100, 9, 0))).toBe(0);
});

test('so has an error rate', () => {
  expect(errorsMoved(rate(10_000, 0.02), rate(10_000, 0.01))).toBe(1);
  expect(errorsMoved(rate(10_000, 0.0105), rate(10_000, 0.01))).toBe(0);
  expect(errorsMoved(rate(10_000, 0), rate(10_000, 0))).toBe(0);
  expect(errorsMoved(rate(0, null), rate(10_000, 0.01))).toBe(0);
});
