/** Several prompts together: what is asked of releases, and what is done to them. Names of queries as in `queries.ts`. */
import { queryOptions } from '@tanstack/svelte-query';
import { session } from '../state/session.svelte';
import { api, ask } from './client';
import { walk } from './queries';
import type { NewRelease, Release, ReleaseRollback } from './types';

const PAGE = 50;

export const releases = (where: { prompt?: string; environment?: string }) =>
  walk(['releases', null], where, (query) => ask(api.GET('/api/v1/releases', { params: { query } })), PAGE);

export const release = (id: string) =>
  queryOptions({ queryKey: [session.project, 'release', null, id], queryFn: () => ask(api.GET('/api/v1/releases/{id}', { params: { path: { id } } })) });

/** What it would do, tried without doing it. */
export const trial = (body: NewRelease) =>
  queryOptions({
    queryKey: [session.project, 'trial of a release', null, body],
    queryFn: () => ask(api.POST('/api/v1/releases', { body: { ...body, dry_run: true } })),
    staleTime: 0,
  });

export const begin = (body: NewRelease): Promise<Release> => ask(api.POST('/api/v1/releases', { body }));

export const takeBack = (id: string, body: { reason: string; acknowledge_rollback?: boolean }): Promise<ReleaseRollback> =>
  ask(api.POST('/api/v1/releases/{id}/rollback', { params: { path: { id } }, body }));
