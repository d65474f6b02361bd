import type { Prompt } from '$lib/api/types';
import { folderOf } from '$lib/format/text';

export const FILTERS = ['tag', 'category', 'owner', 'provider', 'status', 'changed'] as const;
export type FilterName = (typeof FILTERS)[number];

const DAYS: Record<string, number> = { '1': 1, '7': 7, '30': 30 };
const DAY_MS = 86_400_000;

export type Listing = {
  query?: string;
  tag?: string;
  category?: string;
  owner?: string;
  provider?: string;
  status?: string;
  changed_since?: string;
  sort?: string;
};

/** What the address says, as the API asks for it. `now` is cut to the hour, so that the same address is the same question. */
export function listing(address: URLSearchParams, now: number): Listing {
  const asked: Listing = {};
  for (const name of ['query', 'tag', 'category', 'owner', 'provider', 'status', 'sort'] as const) {
    const value = address.get(name);
    if (value) asked[name] = value;
  }
  const days = DAYS[address.get('changed') ?? ''];
  if (days) asked.changed_since = new Date(Math.floor(now / 3_600_000) * 3_600_000 - days * DAY_MS).toISOString();
  return asked;
}

export type Row = { kind: 'folder'; folder: string; folded: boolean } | { kind: 'prompt'; prompt: Prompt; inside: boolean };

/**
 * Prompts in the order of their names, with a row before each folder of several; those of folded ones are left out.
 * A folder of one is no folder: it would only take room.
 */
export function rows(prompts: readonly Prompt[], grouped: boolean, folded: ReadonlySet<string>): Row[] {
  if (!grouped) return prompts.map((prompt) => ({ kind: 'prompt', prompt, inside: false }));
  const out: Row[] = [];
  const folders = prompts.map((prompt) => folderOf(prompt.name).folder);
  for (const [i, prompt] of prompts.entries()) {
    const folder = folders[i] ?? '';
    const follows = folder !== '' && folder === folders[i - 1];
    const inside = follows || (folder !== '' && folder === folders[i + 1]);
    if (inside && !follows) out.push({ kind: 'folder', folder, folded: folded.has(folder) });
    if (!inside || !folded.has(folder)) out.push({ kind: 'prompt', prompt, inside });
  }
  return out;
}
