/** Prices of models: what a project, the server and the built-in list say. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/svelte-query';
import { session } from '../state/session.svelte';
import { api, ask, headers } from './client';
import { checked } from './files';
import type { components, paths } from './schema';

export type Price = components['schemas']['Price'];
export type NewPrice = components['schemas']['NewPrice'];
export type ImportedPrices = components['schemas']['ImportedPrices'];
type Filter = Omit<NonNullable<paths['/api/v1/prices']['get']['parameters']['query']>, 'limit' | 'cursor'>;

const PAGE = 50;

export const prices = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: [session.project, 'prices', null, filter],
    queryFn: ({ pageParam }) => ask(api.GET('/api/v1/prices', { params: { query: { ...filter, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
    placeholderData: keepPreviousData,
  });

export const addPrice = (body: NewPrice) => ask(api.POST('/api/v1/prices', { body }));
export const deletePrice = (id: string) => ask(api.DELETE('/api/v1/prices/{id}', { params: { path: { id } } }));

/** The text goes as it is: numbers of prices are exact decimals, which a parsed number is not. */
export async function importPrices(text: string, dryRun: boolean): Promise<ImportedPrices> {
  const sent = { ...headers('POST'), 'Content-Type': 'application/json' };
  const response = await checked(await fetch(`/api/v1/prices/import${dryRun ? '?dry_run=true' : ''}`, { method: 'POST', headers: sent, body: text }));
  return (await response.json()) as ImportedPrices;
}
