/** Requests for approval, and emergencies that somebody has to look at. Names of queries as in `queries.ts`. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/svelte-query';
import { session } from '../state/session.svelte';
import { api, ask } from './client';
import type { Approval, Emergency, Environment, Policy } from './types';

const MOST = 200;
const PAGE = 50;

/** Those that the person who looks could approve now. */
export const mine = () =>
  queryOptions({
    queryKey: [session.project, 'approvals', null, 'mine'],
    queryFn: async () => (await ask(api.GET('/api/v1/approvals', { params: { query: { mine: true, limit: MOST } } }))).items,
  });

/** Those that somebody can still decide. */
export const open = () =>
  queryOptions({
    queryKey: [session.project, 'approvals', null, 'open'],
    queryFn: async () => (await ask(api.GET('/api/v1/approvals', { params: { query: { state: 'open', limit: MOST } } }))).items,
  });

/** All of them, the newest first. */
export const every = () =>
  infiniteQueryOptions({
    queryKey: [session.project, 'approvals', null, 'every'],
    queryFn: ({ pageParam }) => ask(api.GET('/api/v1/approvals', { params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  });

export const approval = (id: string) =>
  queryOptions({
    queryKey: [session.project, 'approval', null, id],
    queryFn: () => ask(api.GET('/api/v1/approvals/{id}', { params: { path: { id } } })),
    enabled: id !== '',
  });

export const DECISIONS = ['approve', 'request-changes', 'reject', 'withdraw', 'comment'] as const;
export type Decision = (typeof DECISIONS)[number];

export function decide(id: string, decision: Decision, comment: string): Promise<Approval> {
  const said = { params: { path: { id } }, body: comment ? { comment } : {} };
  switch (decision) {
    case 'approve':
      return ask(api.POST('/api/v1/approvals/{id}/approve', said));
    case 'request-changes':
      return ask(api.POST('/api/v1/approvals/{id}/request-changes', said));
    case 'reject':
      return ask(api.POST('/api/v1/approvals/{id}/reject', said));
    case 'withdraw':
      return ask(api.POST('/api/v1/approvals/{id}/withdraw', said));
    case 'comment':
      return ask(api.POST('/api/v1/approvals/{id}/comment', said));
  }
}

/** Says something to the decision or comment of this number. */
export const answer = (id: string, seq: number, comment: string): Promise<Approval> =>
  ask(api.POST('/api/v1/approvals/{id}/comment', { params: { path: { id } }, body: { comment, reply_to: seq } }));

/** What went live without approval and was not looked at since. */
export const unreviewed = () =>
  queryOptions({
    queryKey: [session.project, 'emergencies', null, 'unreviewed'],
    queryFn: async () => (await ask(api.GET('/api/v1/emergencies', { params: { query: { reviewed: false, limit: MOST } } }))).items,
  });

export const emergencies = () =>
  queryOptions({
    queryKey: [session.project, 'emergencies', null, 'all'],
    queryFn: async () => (await ask(api.GET('/api/v1/emergencies', { params: { query: { limit: MOST } } }))).items,
  });

export const review = (deployment: string, approved: boolean, comment: string): Promise<Emergency> =>
  ask(api.POST('/api/v1/emergencies/{id}/review', { params: { path: { id: deployment } }, body: { approved, ...(comment ? { comment } : {}) } }));

/** Answers with `pending` where the rules in force have to agree first. */
export const saveRules = (environment: Environment, rules: { policy: Policy; pin_idle_s?: number }): Promise<Environment> =>
  ask(api.PUT('/api/v1/environments/{environment}', { params: { path: { environment: environment.name } }, body: { ...environment, ...rules } }));
