import { expect, test } from 'vitest';
import { alsoWords, blank, faults, priceOf } from './prices';

const typed = { ...blank(), provider: ' openai ', model: 'gpt-4o', input_per_million_usd: '0.075', output_per_million_usd: '0.30' };

test('what is typed becomes a price', () => {
  expect(faults(typed)).toEqual({});
  expect(priceOf(typed)).toEqual({ provider: 'openai', model: 'gpt-4o', input_per_million_usd: 0.075, output_per_million_usd: 0.3 });
  expect(priceOf({ ...typed, valid_from: '2026-11-01' }).valid_from).toBe('2026-11-01T00:00:00.000Z');
});

test('what is no price is said', () => {
  expect(Object.keys(faults(blank()))).toEqual(['provider', 'model', 'input_per_million_usd', 'output_per_million_usd']);
  for (const text of ['1,5', '-1', '1e-3', '.5', '0.1234567']) expect(faults({ ...typed, input_per_million_usd: text }).input_per_million_usd).toBeDefined();
});

test('what else a price has', () => {
  const price = { id: 'p', provider: 'a', model: 'b', layer: 'project', in_force: true, per_request_usd: 0, source: '', input_per_million_usd: 3, output_per_million_usd: 15, cache_write_per_million_usd: 3.75, tiers: [{ above_input_tokens: 200_000, input_per_million_usd: 6, output_per_million_usd: 22.5 }] };
  expect(alsoWords(price, (usd) => `$${usd}`)).toBe('input to the cache $3.75, above 200,000 tokens $6 and $22.5');
});
