import { expect, test } from 'vitest';
import type { Prompt } from '$lib/api/types';
import { listing, rows, type Row } from './filters';

const named = (...names: string[]) => names.map((name) => ({ name }) as Prompt);
const shown = (list: Row[]) => list.map((row) => (row.kind === 'folder' ? `${row.folded ? '+' : '-'}${row.folder}` : `${row.inside ? ' ' : ''}${row.prompt.name}`));

test('the address is the question, and unknown words in it are not', () => {
  const at = Date.parse('2026-11-21T10:20:00Z');
  expect(listing(new URLSearchParams('query=mail&tag=de&view=flat&changed=7&status='), at)).toEqual({
    query: 'mail',
    tag: 'de',
    changed_since: '2026-11-14T10:00:00.000Z',
  });
  expect(listing(new URLSearchParams('changed=never'), at)).toEqual({});
});

test('folders stand before what is in them, and a folded one hides it', () => {
  const prompts = named('a/one', 'a/two', 'b/c/d', 'plain');
  expect(shown(rows(prompts, true, new Set()))).toEqual(['-a', ' a/one', ' a/two', 'b/c/d', 'plain']);
  expect(shown(rows(prompts, true, new Set(['a'])))).toEqual(['+a', 'b/c/d', 'plain']);
  expect(shown(rows(prompts, false, new Set(['a'])))).toEqual(['a/one', 'a/two', 'b/c/d', 'plain']);
  expect(rows([], true, new Set())).toEqual([]);
});
