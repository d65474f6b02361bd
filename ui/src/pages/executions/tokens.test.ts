import { expect, test } from 'vitest';
import { tokenKinds } from './tokens';

test('kinds that occur, parts marked; what is not known is left out, zero is not', () => {
  const none = { input_tokens: null, output_tokens: null, cached_tokens: null, cache_write_tokens: null, reasoning_tokens: null };
  expect(tokenKinds(none)).toEqual([]);
  expect(tokenKinds({ ...none, input_tokens: 412, cached_tokens: 100, reasoning_tokens: 0, output_tokens: 0 }).map((kind) => [kind.label, kind.tokens, kind.part])).toEqual([
    ['Input tokens', 412, false],
    ['of them read from the cache', 100, true],
    ['Output tokens', 0, false],
  ]);
});
