import type { Execution } from '$lib/api/recorded';

export type Kind = { label: string; tokens: number; part: boolean };

/** Tokens by kind; parts of a sum say so. */
export function tokenKinds(one: Pick<Execution, 'input_tokens' | 'output_tokens' | 'cached_tokens' | 'cache_write_tokens' | 'reasoning_tokens'>): Kind[] {
  const kinds: [string, number | null, boolean][] = [
    ['Input tokens', one.input_tokens, false],
    ['of them read from the cache', one.cached_tokens, true],
    ['of them written to the cache', one.cache_write_tokens, true],
    ['Output tokens', one.output_tokens, false],
    ['of them reasoning', one.reasoning_tokens, true],
  ];
  return kinds.flatMap(([label, tokens, part]) => (tokens === null || (part && tokens === 0) ? [] : [{ label, tokens, part }]));
}
