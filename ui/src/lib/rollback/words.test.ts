import { describe, expect, test } from 'vitest';
import type { RollbackImpact, RollbackTarget } from '../api/types';
import { callersWords, effectWords, evidenceWords, figuresWords, howWords, renderedWords, trafficWords } from './words';

const figures = (given: Partial<RollbackImpact['from_figures']> = {}): RollbackImpact['from_figures'] => ({ since: null, until: null, count: 0, error_rate: null, latency_mean_ms: null, latency_p95_ms: null, tokens_mean: null, cost_mean_usd: null, ...given });
const impact = (given: Partial<RollbackImpact> = {}): RollbackImpact => ({ percentage: 100, callers: [], callers_count: 0, rendered: { executions: 0, samples: 0, failed: 0 }, ...given }) as RollbackImpact;
const target = (given: Partial<RollbackTarget>): RollbackTarget => ({ version: '1.0.0', evidence: 'none', executions: 0, live_s: 3600, live_since: '2026-11-20T12:00:00Z', ...given }) as RollbackTarget;

test('figures say no more than is known', () => {
  expect(figuresWords(figures())).toBe('no calls recorded');
  expect(figuresWords(figures({ count: 1204, error_rate: 0.008, latency_p95_ms: 2900, cost_mean_usd: 0.0019 }))).toBe('1,204 calls, 0.8\u2009% errors, p95 2.9\u2009s, $0.0019 a call');
  expect(figuresWords(figures({ count: 1 }))).toBe('1 call');
});

test.each<[Partial<RollbackTarget>, string]>([
  [{ evidence: 'executions', executions: 312480, live_s: 12 * 86_400 }, '312,480 calls over 12 days here, and nobody took it back.'],
  [{ executions: 3 }, '3 calls over 1 h here: too few to speak for it.'],
  [{}, 'It was live here for 1 h; no calls were recorded.'],
  [{ live_since: null }, 'It was never live here.'],
])('what speaks for %j', (given, said) => expect(evidenceWords(target(given))).toBe(said));

describe('what callers would notice', () => {
  test('their share', () => {
    expect(trafficWords(impact(), '2.0.0', '1.0.0', 'production', false)).toBe('Everyone in production gets 1.0.0 in place of 2.0.0, at once.');
    expect(trafficWords(impact({ percentage: 5 }), '2.0.0', '1.0.0', 'production', true)).toContain('5\u2009% of callers in production get 1.0.0 again');
  });
  test('who they are', () => {
    const caller = (key_name: string) => ({ key_id: key_name, key_name, uses: 1, last_at: '' });
    expect(callersWords(impact())).toBe('No key was given it in the last day.');
    expect(callersWords(impact({ callers: [caller('app')], callers_count: 1 }))).toBe('1 key was given it in the last day: app.');
    expect(callersWords(impact({ callers: ['a', 'b', 'c', 'd', 'e'].map(caller), callers_count: 9 }))).toBe('9 keys were given it in the last day: a, b, c, d and 5 more.');
  });
  test('whether it renders', () => {
    expect(renderedWords(impact(), '1.0.0')).toBe('No recent inputs and no samples to render 1.0.0 with.');
    expect(renderedWords(impact({ rendered: { executions: 20, samples: 1, failed: 0 } }), '1.0.0')).toBe('1.0.0 renders with all of 20 recent inputs and 1 sample.');
    expect(renderedWords(impact({ rendered: { executions: 20, samples: 0, failed: 2 } }), '1.0.0')).toBe('1.0.0 renders with all but 2 of 20 recent inputs.');
  });
});

test('a way back that was gone', () => {
  expect([howWords({ kind: 'manual', cause: 'rollback' }), howWords({ kind: 'emergency', cause: 'rollback' }), howWords({ kind: 'manual', cause: 'activate' }), howWords({ kind: 'automatic', cause: 'gate' })]).toEqual(['rolled back', 'rolled back, in an emergency', 'made live again', 'by itself']);
  expect(effectWords({ state: 'settling', time_to_effect_ms: null, lagging: [] })).toBe('waits for servers');
  expect(effectWords({ state: 'settled', time_to_effect_ms: 420, lagging: [] })).toBe('after 420\u2009ms');
  expect(effectWords({ state: 'settled', time_to_effect_ms: 420, lagging: ['b'] })).toBe('1 server did not say so');
});
