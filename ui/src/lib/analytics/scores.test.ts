import { expect, test } from 'vitest';
import type { ScoreFigures, SummaryItem } from '../api/recorded';
import { categoryWords, halfWidth, isRate, scoreNames, scoreWords } from './scores';

const figures = (more: Partial<ScoreFigures>): ScoreFigures => ({ count: 0, total: 0, min: null, max: null, mean: null, std: null, p25: null, p50: null, p75: null, p90: null, p95: null, p99: null, ...more });
const item = (scores: Record<string, ScoreFigures>) => ({ scores }) as SummaryItem;

test('scores in the order of how often they are given; categories count too', () => {
  expect(scoreNames([item({ a: figures({ count: 2 }), tone: figures({ categories: { kind: 5 } }) }), item({ a: figures({ count: 9 }) })])).toEqual(['a', 'tone']);
});

test('rates, numbers and categories are written as what they are', () => {
  expect(scoreWords(figures({ count: 9, min: 0, max: 1, mean: 0.914 })).replace('\u2009', ' ')).toBe('91.4 %');
  expect(scoreWords(figures({ count: 9, min: 1, max: 5, mean: 4.25 }))).toBe('4.25');
  expect(scoreWords(undefined)).toBe('–');
  expect(isRate(figures({}))).toBe(false);
  expect(categoryWords(figures({ categories: { bad: 31, good: 812 } }))).toBe('good 812, bad 31');
});

test('an interval only where there is enough for one', () => {
  expect(halfWidth(figures({ count: 100, std: 0.5 }))).toBeCloseTo(0.098);
  expect(halfWidth(figures({ count: 10, std: 0.5 }))).toBeUndefined();
});
