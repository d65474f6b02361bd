/** What pages ask of executions and their statistics. Names of queries as in `queries.ts`. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { session } from '../state/session.svelte';
import { ask, headers } from './client';
import { checked, download } from './files';
import { soon, type AnalyticsQuery, type CompareFiguresQuery, type ExecutionQuery, type NewScore, type RecordingPolicy } from './pending';

/** While it is looked at, figures are asked anew this often: recording makes no event of the project. */
const FRESH_MS = 20_000;
const PAGE = 100;

export type ExecutionFilter = Omit<ExecutionQuery, 'limit' | 'cursor'>;
export type FigureFilter = Omit<AnalyticsQuery, 'group_by' | 'metric' | 'interval' | 'zone' | 'limit'>;

export const executions = (filter: ExecutionFilter) =>
  infiniteQueryOptions({
    queryKey: [session.project, 'executions', null, filter],
    queryFn: ({ pageParam }) => ask(soon.GET('/api/v1/executions', { params: { query: { ...filter, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
    // What was loaded stays as it was seen; what is new comes with "Live", or with another question.
    staleTime: Infinity,
    gcTime: 0,
  });

export const execution = (id: string) =>
  queryOptions({
    queryKey: [session.project, 'execution', null, id],
    queryFn: () => ask(soon.GET('/api/v1/executions/{id}', { params: { path: { id } } })),
    enabled: id !== '',
  });

/** The few that belong together: of one trace, or of one session. */
export const related = (filter: { trace_id: string } | { session: string }) =>
  queryOptions({
    queryKey: [session.project, 'executions', null, 'related', filter],
    queryFn: () => ask(soon.GET('/api/v1/executions', { params: { query: { ...filter, purpose: 'all', limit: 20 } } })),
  });

export const tail = (filter: ExecutionFilter, after: string | undefined) => ask(soon.GET('/api/v1/executions/tail', { params: { query: { ...filter, ...(after ? { after } : {}) } } }));

export const addScore = (body: NewScore) => ask(soon.POST('/api/v1/scores', { body }));

export const summary = (query: AnalyticsQuery) =>
  queryOptions({
    queryKey: [session.project, 'figures', query.prompt ?? null, 'summary', query],
    queryFn: () => ask(soon.GET('/api/v1/analytics/summary', { params: { query } })),
    refetchInterval: FRESH_MS,
    placeholderData: keepPreviousData,
  });

export const series = (query: AnalyticsQuery) =>
  queryOptions({
    queryKey: [session.project, 'figures', query.prompt ?? null, 'series', query],
    queryFn: () => ask(soon.GET('/api/v1/analytics/series', { params: { query } })),
    refetchInterval: FRESH_MS,
    placeholderData: keepPreviousData,
  });

export const errorPatterns = (query: AnalyticsQuery) =>
  queryOptions({
    queryKey: [session.project, 'figures', query.prompt ?? null, 'errors', query],
    queryFn: () => ask(soon.GET('/api/v1/analytics/errors', { params: { query } })),
    refetchInterval: FRESH_MS,
    placeholderData: keepPreviousData,
  });

export const comparedFigures = (query: CompareFiguresQuery) =>
  queryOptions({
    queryKey: [session.project, 'figures', query.prompt, 'compare', query],
    queryFn: () => ask(soon.GET('/api/v1/analytics/compare', { params: { query } })),
  });

export const recording = () => queryOptions({ queryKey: [session.project, 'recording', null], queryFn: () => ask(soon.GET('/api/v1/recording')) });
export const saveRecording = (body: RecordingPolicy) => ask(soon.PUT('/api/v1/recording', { body }));
export const eraseUser = (key: string, reason: string) => ask(soon.POST('/api/v1/executions/erase', { body: { key, ...(reason ? { reason } : {}) } }));

export const applyPrices = () => ask(soon.POST('/api/v1/prices/apply', { body: {} }));

/** What the filters find, as a file that the browser keeps. */
export async function exportExecutions(filter: ExecutionFilter, format: 'ndjson' | 'csv'): Promise<number> {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  const response = await checked(await fetch(`/api/v1/executions/export?${query.toString()}`, { headers: headers('GET') }));
  const content = await response.blob();
  download(`executions-${session.project}-${new Date().toISOString().slice(0, 10)}.${format}`, content);
  return content.size;
}
