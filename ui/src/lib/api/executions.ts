/** What pages ask of executions and their statistics. Names of queries as in `queries.ts`. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { session } from '../state/session.svelte';
import { api, ask, headers } from './client';
import { checked, download } from './files';
import type { AnalyticsQuery, ComparedFigures, CompareFiguresQuery, ErrorPatterns, ExecutionDetail, ExecutionQuery, Executions, NewScore, RecordingPolicy, Series, Summary, Tail } from './recorded';

/** While it is looked at, figures are asked anew this often: recording makes no event of the project. */
const FRESH_MS = 20_000;
const PAGE = 100;

export type ExecutionFilter = Omit<ExecutionQuery, 'limit' | 'cursor'>;
export type FigureFilter = Omit<AnalyticsQuery, 'group_by' | 'metric' | 'interval' | 'zone' | 'limit'>;

export const executions = (filter: ExecutionFilter) =>
  infiniteQueryOptions({
    queryKey: [session.project, 'executions', null, filter],
    queryFn: ({ pageParam }) => ask(api.GET('/api/v1/executions', { params: { query: { ...filter, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } } })) as Promise<Executions>,
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
    // What was loaded stays as it was seen; what is new comes with "Live", or with another question.
    staleTime: Infinity,
    gcTime: 0,
  });

export const execution = (id: string) =>
  queryOptions({
    queryKey: [session.project, 'execution', null, id],
    queryFn: () => ask(api.GET('/api/v1/executions/{id}', { params: { path: { id } } })) as Promise<ExecutionDetail>,
    enabled: id !== '',
  });

/** The few that belong together: of one trace, or of one session. */
export const related = (filter: { trace_id: string } | { session: string }) =>
  queryOptions({
    queryKey: [session.project, 'executions', null, 'related', filter],
    queryFn: () => ask(api.GET('/api/v1/executions', { params: { query: { ...filter, purpose: 'all', limit: 20 } } })) as Promise<Executions>,
  });

export const tail = (filter: ExecutionFilter, after: string | undefined) => ask(api.GET('/api/v1/executions/tail', { params: { query: { ...filter, ...(after ? { after } : {}) } } })) as Promise<Tail>;

export const addScore = (body: NewScore) => ask(api.POST('/api/v1/scores', { body }));

export const summary = (query: AnalyticsQuery) =>
  queryOptions({
    queryKey: [session.project, 'figures', query.prompt ?? null, 'summary', query],
    queryFn: () => ask(api.GET('/api/v1/analytics/summary', { params: { query } })) as Promise<Summary>,
    refetchInterval: FRESH_MS,
    placeholderData: keepPreviousData,
  });

export const series = (query: AnalyticsQuery) =>
  queryOptions({
    queryKey: [session.project, 'figures', query.prompt ?? null, 'series', query],
    queryFn: () => ask(api.GET('/api/v1/analytics/series', { params: { query } })) as Promise<Series>,
    refetchInterval: FRESH_MS,
    placeholderData: keepPreviousData,
  });

export const errorPatterns = (query: AnalyticsQuery) =>
  queryOptions({
    queryKey: [session.project, 'figures', query.prompt ?? null, 'errors', query],
    queryFn: () => ask(api.GET('/api/v1/analytics/errors', { params: { query } })) as Promise<ErrorPatterns>,
    refetchInterval: FRESH_MS,
    placeholderData: keepPreviousData,
  });

export const comparedFigures = (query: CompareFiguresQuery) =>
  queryOptions({
    queryKey: [session.project, 'figures', query.prompt, 'compare', query],
    queryFn: () => ask(api.GET('/api/v1/analytics/compare', { params: { query } })) as Promise<ComparedFigures>,
  });

export const recording = () => queryOptions({ queryKey: [session.project, 'recording', null], queryFn: () => ask(api.GET('/api/v1/recording')) as Promise<RecordingPolicy> });
export const saveRecording = (body: RecordingPolicy) => ask(api.PUT('/api/v1/recording', { body })) as Promise<RecordingPolicy>;
export const eraseUser = (key: string, reason: string) => ask(api.POST('/api/v1/executions/erase', { body: { key, ...(reason ? { reason } : {}) } }));

export const applyPrices = () => ask(api.POST('/api/v1/prices/apply', { body: {} }));

/** What the filters find, as a file that the browser keeps. */
export async function exportExecutions(filter: ExecutionFilter, format: 'ndjson' | 'csv'): Promise<number> {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  const response = await checked(await fetch(`/api/v1/executions/export?${query.toString()}`, { headers: headers('GET') }));
  const content = await response.blob();
  download(`executions-${session.project}-${new Date().toISOString().slice(0, 10)}.${format}`, content);
  return content.size;
}
