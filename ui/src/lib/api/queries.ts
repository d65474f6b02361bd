/**
 * What pages ask, each under a name. The first part of a name is the project, the second the noun, the third the prompt if
 * it is about one: so an event of the project finds what to ask anew.
 */
import { infiniteQueryOptions, queryOptions } from '@tanstack/svelte-query';
import { session } from '../state/session.svelte';
import { api, ask } from './client';
import type { paths } from './schema';
import type { Deploy } from './types';

/** What somebody says who does what would be refused otherwise. */
export type Knowing = Pick<Deploy, 'acknowledge_rollback' | 'emergency'>;

type Query<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;

const PAGE = 200;

type Walked<T> = { items: readonly T[]; next_cursor?: string | null; total?: number | null };

/** A list that is walked page by page. */
export function walk<T, Filter extends object>(key: readonly unknown[], filter: Filter, page: (query: Filter & { cursor?: string; limit: number }) => Promise<Walked<T>>, limit = PAGE) {
  return infiniteQueryOptions({
    queryKey: [session.project, ...key, filter],
    queryFn: ({ pageParam }) => page({ ...filter, limit, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
}

export const prompts = (filter: Omit<Query<'/api/v1/prompts'>, 'cursor' | 'limit'>) =>
  walk(['prompts', null], filter, (query) => ask(api.GET('/api/v1/prompts', { params: { query } })));

/** What the list can be filtered by. */
export const facets = () =>
  queryOptions({ queryKey: [session.project, 'facets', null], queryFn: () => ask(api.GET('/api/v1/facets')) });

export const prompt = (name: string) =>
  queryOptions({
    queryKey: [session.project, 'prompt', name],
    queryFn: () => ask(api.GET('/api/v1/prompts/{name}', { params: { path: { name } } })),
  });

export const versions = (name: string, filter: Omit<Query<'/api/v1/prompts/{name}/versions'>, 'cursor' | 'limit'> = {}, limit = 100) =>
  walk(['versions', name], filter, (query) => ask(api.GET('/api/v1/prompts/{name}/versions', { params: { path: { name }, query } })), limit);

/** By number, sequence, label or environment. */
export const version = (name: string, reference: string) =>
  queryOptions({
    queryKey: [session.project, 'version', name, reference],
    queryFn: () => ask(api.GET('/api/v1/prompts/{name}/versions/{reference}', { params: { path: { name, reference } } })),
  });

/** The first of them, oldest first. */
export const comments = (name: string, version: string) =>
  queryOptions({
    queryKey: [session.project, 'comments', name, version],
    queryFn: () => ask(api.GET('/api/v1/prompts/{name}/versions/{reference}/comments', { params: { path: { name, reference: version }, query: { limit: PAGE } } })),
  });

export const comparison = (name: string, query: Query<'/api/v1/prompts/{name}/compare'>) =>
  queryOptions({
    queryKey: [session.project, 'compare', name, query],
    queryFn: () => ask(api.GET('/api/v1/prompts/{name}/compare', { params: { path: { name }, query } })),
  });

const RECENT = 50;

/** What bringing it there would do, tried without doing it; `how`: not at once. `already`: this very build is live there. */
export const activation = (name: string, version: string, environment: string, how?: Pick<Deploy, 'strategy' | 'unit' | 'hold'>, knowing: Knowing = {}) =>
  queryOptions({
    queryKey: [session.project, 'activation', name, version, environment, how ?? null, knowing],
    queryFn: async () => {
      const body = { version, environment, dry_run: true, ...knowing };
      const [trial, { items }] = await Promise.all([
        how ? ask(api.POST('/api/v1/deployments', { body: { prompt: name, ...body, ...how } })) : ask(api.POST('/api/v1/prompts/{name}/activate', { params: { path: { name } }, body })),
        // Others may have been aborted since, so what is live is not always the newest.
        ask(api.GET('/api/v1/deployments', { params: { query: { prompt: name, environment, state: 'completed', limit: RECENT } } })),
      ]);
      return { deployment: trial, already: items.some((one) => one.id === trial.id) };
    },
    staleTime: 0,
  });

/** What a revert would make: tried without doing it. */
export const reversion = (name: string, version: string, environment: string, acknowledged = false) =>
  queryOptions({
    queryKey: [session.project, 'reversion', name, version, environment, acknowledged],
    queryFn: () => ask(api.POST('/api/v1/prompts/{name}/revert', { params: { path: { name } }, body: { version, dry_run: true, ...(environment ? { environment } : {}), ...(acknowledged ? { acknowledge_rollback: true } : {}) } })),
    staleTime: 0,
  });

/** What is live, and with which versions of what it includes. As of a time, so that looking at it is not counted as a use. */
export const built = (name: string, environment: string) =>
  queryOptions({
    queryKey: [session.project, 'built', name, environment],
    queryFn: () => ask(api.GET('/api/v1/prompts/{name}/active', { params: { path: { name }, query: { environment, at: new Date().toISOString() } } })),
  });

export const dependents = (name: string) =>
  queryOptions({
    queryKey: [session.project, 'dependents', name],
    queryFn: () => ask(api.GET('/api/v1/prompts/{name}/dependents', { params: { path: { name }, query: { limit: 50 } } })),
  });

export const uses = (name: string) =>
  queryOptions({
    queryKey: [session.project, 'uses', name],
    queryFn: () => ask(api.GET('/api/v1/prompts/{name}/uses', { params: { path: { name } } })),
  });

export const samples = (name: string) =>
  queryOptions({
    queryKey: [session.project, 'samples', name],
    queryFn: () => ask(api.GET('/api/v1/prompts/{name}/samples', { params: { path: { name } } })),
  });

export const labels = (name: string) =>
  queryOptions({
    queryKey: [session.project, 'labels', name],
    queryFn: () => ask(api.GET('/api/v1/prompts/{name}/labels', { params: { path: { name } } })),
  });

export const history = (filter: Omit<Query<'/api/v1/history'>, 'cursor' | 'limit'>, limit = 50) =>
  walk(['history', null], filter, (query) => ask(api.GET('/api/v1/history', { params: { query } })), limit);

/** What happened to one prompt. */
export const promptHistory = (name: string, limit = 50) =>
  walk(['history', name], {}, (query) => ask(api.GET('/api/v1/prompts/{name}/history', { params: { path: { name }, query } })), limit);

export const deployments = (filter: Omit<Query<'/api/v1/deployments'>, 'cursor' | 'limit'>, limit = 50) =>
  walk(['deployments', null], filter, (query) => ask(api.GET('/api/v1/deployments', { params: { query } })), limit);

export const audit = (filter: Omit<Query<'/api/v1/audit'>, 'cursor' | 'limit'>, limit = 50) =>
  walk(['audit', null], filter, (query) => ask(api.GET('/api/v1/audit', { params: { query } })), limit);

/** Nearest to the users last, as they are ordered everywhere. */
export const environments = () =>
  queryOptions({
    queryKey: [session.project, 'environments', null],
    queryFn: async () => {
      const { items } = await ask(api.GET('/api/v1/environments', { params: { query: { limit: 100 } } }));
      return items.toSorted((a, b) => a.position - b.position);
    },
    staleTime: 60_000,
  });

const KEY_PAGES = 10;

/** The oldest 2,000; `next_cursor` is set when there are more. */
export const keys = () =>
  queryOptions({
    queryKey: [session.project, 'keys', null],
    queryFn: async () => {
      const page = (cursor?: string) => ask(api.GET('/api/v1/keys', { params: { query: { limit: PAGE, cursor } } }));
      const all = await page();
      for (let i = 1; i < KEY_PAGES && all.next_cursor; i++) {
        const more = await page(all.next_cursor);
        all.items.push(...more.items);
        all.next_cursor = more.next_cursor;
      }
      return all;
    },
  });

export const servers = () =>
  queryOptions({ queryKey: [session.project, 'servers', null], queryFn: () => ask(api.GET('/api/v1/servers')) });

/** Whether the server can serve, write and follow. Asked again and again: the footer of the navigation says it. */
export const readiness = () =>
  queryOptions({
    queryKey: ['readiness'],
    queryFn: async () => {
      const { data, error } = await api.GET('/readyz');
      const answer = data ?? error;
      if (!answer) throw new Error('no answer');
      return answer;
    },
    refetchInterval: 15_000,
  });

/** Valid keys of who is signed in. */
export const ownKeys = () =>
  queryOptions({ queryKey: [session.project, 'keys', 'own'], queryFn: () => ask(api.GET('/api/v1/session/keys')) });
