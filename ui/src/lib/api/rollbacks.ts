/** The way back: looked at beforehand, gone, and told afterwards. Names of queries as in `queries.ts`. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/svelte-query';
import { session } from '../state/session.svelte';
import { api, ask } from './client';
import type { NewRollback, PreviewRollback, Rollback } from './types';

const PAGE = 50;
/** While servers have not said that they have it. */
const SETTLING_MS = 1000;

export const preview = (body: PreviewRollback) =>
  queryOptions({
    queryKey: [session.project, 'preview of the way back', body.prompt ?? null, body],
    queryFn: () => ask(api.POST('/api/v1/rollbacks/preview', { body })),
    staleTime: 0,
  });

export const rollBack = (body: NewRollback): Promise<Rollback> => ask(api.POST('/api/v1/rollbacks', { body }));

export const wayBack = (id: string) =>
  queryOptions({
    queryKey: [session.project, 'rollback', null, id],
    queryFn: () => ask(api.GET('/api/v1/rollbacks/{id}', { params: { path: { id } } })),
    // That a server has it is no change of the project, so no event says so.
    refetchInterval: ({ state }) => (state.data?.state === 'settled' ? false : SETTLING_MS),
    enabled: id !== '',
  });

export const waysBack = (where: { prompt?: string; environment?: string }) =>
  infiniteQueryOptions({
    queryKey: [session.project, 'rollbacks', null, where],
    queryFn: ({ pageParam }) => ask(api.GET('/api/v1/rollbacks', { params: { query: { ...where, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
