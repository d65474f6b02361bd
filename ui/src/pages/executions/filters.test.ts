import { expect, test } from 'vitest';
import { listing } from './filters';

const of = (text: string) => listing(new URLSearchParams(text));

test('the address is the question', () => {
  expect(of('prompt=a%2Fb&status=error%2Ctimeout&range=7d')).toEqual({ prompt: 'a/b', status: 'error,timeout' });
  expect(of('unpriced=true&min_latency_ms=2000&from=2026-11-20T00:00:00Z')).toEqual({ unpriced: true, min_latency_ms: 2000, from: '2026-11-20T00:00:00.000Z' });
});

test('what makes no sense is left out instead of refused', () => {
  expect(of('unpriced=maybe&min_latency_ms=slow&from=soon&model=+')).toEqual({});
});
