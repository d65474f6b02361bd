/** Deployments by steps: what is asked of them, and what is done to them. Names of queries as in `queries.ts`. */
import { queryOptions } from '@tanstack/svelte-query';
import { session } from '../state/session.svelte';
import { api, ask } from './client';
import type { Deploy, Deployment, Environment } from './types';

/** A share of callers gets it, or everybody does while it is still watched. */
const MOVING = ['running', 'paused', 'baking'] as const;
/** Nobody gets it yet, or it is on its way out. */
const WAITING = ['scheduled', 'pending_approval', 'rolling_back'] as const;
const MOST = 200;

type Where = { prompt?: string; environment?: string };

const newestFirst = (a: Deployment, b: Deployment) => b.created_at.localeCompare(a.created_at);

async function inStates(states: readonly string[], where: Where): Promise<Deployment[]> {
  const pages = await Promise.all(states.map((state) => ask(api.GET('/api/v1/deployments', { params: { query: { ...where, state, limit: MOST } } }))));
  return pages.flatMap((page) => page.items).toSorted(newestFirst);
}

/** All of the project that are on their way to everybody. */
export const underWay = () => queryOptions({ queryKey: [session.project, 'deployments', null, 'under way'], queryFn: () => inStates(MOVING, {}) });

export const waiting = (where: Where = {}) => queryOptions({ queryKey: [session.project, 'deployments', null, 'waiting', where], queryFn: () => inStates(WAITING, where) });

/** With everything that happened to it. */
export const deployment = (id: string) => queryOptions({ queryKey: [session.project, 'deployment', null, id], queryFn: () => ask(api.GET('/api/v1/deployments/{id}', { params: { path: { id } } })) });

export const deploy = (body: Deploy): Promise<Deployment> => ask(api.POST('/api/v1/deployments', { body }));

export const COMMANDS = ['start', 'pause', 'resume', 'advance', 'promote', 'abort'] as const;
export type Command = (typeof COMMANDS)[number];
/** `number`: the deployment as it was seen; where it has moved since, nothing is done. */
type Ordered = { reason?: string; number?: number };

const path = (id: string) => ({ params: { path: { id } } });

export function order(id: string, command: Command, body: Ordered): Promise<Deployment> {
  switch (command) {
    case 'start':
      return ask(api.POST('/api/v1/deployments/{id}/start', { ...path(id), body }));
    case 'pause':
      return ask(api.POST('/api/v1/deployments/{id}/pause', { ...path(id), body }));
    case 'resume':
      return ask(api.POST('/api/v1/deployments/{id}/resume', { ...path(id), body }));
    case 'advance':
      return ask(api.POST('/api/v1/deployments/{id}/advance', { ...path(id), body }));
    case 'promote':
      return ask(api.POST('/api/v1/deployments/{id}/promote', { ...path(id), body }));
    case 'abort':
      return ask(api.POST('/api/v1/deployments/{id}/abort', { ...path(id), body }));
  }
}

const place = (environment: string) => ({ params: { path: { environment } } });

/** `until`: RFC 3339; absent: until somebody ends it. */
export const freeze = (environment: string, body: { reason: string; until?: string }): Promise<Environment> => ask(api.POST('/api/v1/environments/{environment}/freeze', { ...place(environment), body }));
export const unfreeze = (environment: string, body: { reason?: string }): Promise<Environment> => ask(api.POST('/api/v1/environments/{environment}/unfreeze', { ...place(environment), body }));
