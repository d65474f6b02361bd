/**
 * Executions and statistics as `promptory-api` has them, until the generated schema does. `soon` is then `api`, and
 * this file goes.
 */
import type { Client } from 'openapi-fetch';
import { api } from './client';

export type ExecutionStatus = 'success' | 'error' | 'timeout' | 'blocked';
export type Purpose = 'live' | 'test' | 'eval';
export type ScoreValue = boolean | number | string;

export type Execution = {
  id: string;
  prompt: string;
  version: string;
  environment: string;
  variant?: string;
  status: ExecutionStatus;
  purpose: Purpose;
  started_at: string;
  received_at: string;
  latency_ms: number;
  input_tokens: number | null;
  output_tokens: number | null;
  cached_tokens: number | null;
  cache_write_tokens: number | null;
  reasoning_tokens: number | null;
  tokens_estimated: boolean;
  cost_usd: number | null;
  cost_source: string | null;
  provider: string | null;
  model: string | null;
  provider_sent: string | null;
  model_sent: string | null;
  country: string | null;
  key: string | null;
  session: string | null;
  trace_id: string | null;
  span_id: string | null;
  parent_span_id: string | null;
  error_type: string | null;
  error_message: string | null;
  tags: Record<string, string>;
  late: boolean;
  erased: boolean;
};
export type Score = { id: string; name: string; value: ScoreValue; comment?: string; source?: string; at: string };
export type NewScore = { id?: string; execution_id?: string; session?: string; key?: string; prompt?: string; version?: string; name: string; value: ScoreValue; comment?: string; source?: string; at?: string };
export type ExecutionDetail = Execution & {
  variables: unknown;
  input: unknown;
  output: unknown;
  bodies: string | null;
  metadata: Record<string, unknown> | null;
  scores: Score[];
};
export type ExecutionQuery = {
  prompt?: string;
  version?: string;
  environment?: string;
  variant?: string;
  provider?: string;
  model?: string;
  country?: string;
  status?: string;
  error_type?: string;
  purpose?: string;
  key?: string;
  session?: string;
  trace_id?: string;
  tag?: string;
  min_latency_ms?: number;
  unpriced?: boolean;
  from?: string;
  to?: string;
  limit?: number;
  cursor?: string;
};
export type Tail = { items: Execution[]; next: string; skipped: boolean };
export type Recorded = { accepted: number; duplicates: number; rejected: { index: number; detail: string }[] };

export type AppliedPrices = { priced: number; unpriced: number };
export type RedactRule = { name: string; pattern: string; replacement?: string };
export type RecordingPolicy = { bodies: string; max_body_bytes: number; redact: RedactRule[]; retention_days: number; tags: string[] };
export type Erase = { key: string; reason?: string };
export type Erased = { executions: number; scores: number };

export type AnalyticsQuery = {
  prompt?: string;
  version?: string;
  environment?: string;
  variant?: string;
  provider?: string;
  model?: string;
  country?: string;
  status?: string;
  error_type?: string;
  category?: string;
  owner?: string;
  tag?: string;
  purpose?: string;
  from?: string;
  to?: string;
  group_by?: string;
  metric?: string;
  interval?: string;
  zone?: string;
  limit?: number;
};
export type Group = {
  prompt?: string;
  version?: string;
  environment?: string;
  variant?: string;
  provider?: string;
  model?: string;
  country?: string;
  status?: string;
  error_type?: string;
  category?: string;
  owner?: string;
  tag?: string;
  others?: boolean;
};
export type Distribution = {
  count: number;
  total: number | null;
  min: number | null;
  max: number | null;
  mean: number | null;
  std: number | null;
  p25: number | null;
  p50: number | null;
  p75: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
};
export type ScoreFigures = Distribution & { categories?: Record<string, number> };
export type Figures = {
  count: number;
  statuses: Record<ExecutionStatus, number>;
  success_rate: number | null;
  error_rate: number | null;
  latency_ms: Distribution;
  input_tokens: Distribution;
  output_tokens: Distribution;
  cached_tokens: number;
  cache_write_tokens: number;
  reasoning_tokens: number;
  cost_usd: Distribution;
  unpriced: number;
  late: number;
  scores: Record<string, ScoreFigures>;
};
export type Coverage = { from: string; to: string; complete_until: string; source: string; remarks?: string[] };
export type SummaryItem = Group & Figures & { share?: number };
export type Summary = Coverage & { items: SummaryItem[] };
/** When it begins, and a value by name of the metric. */
export type Point = { at: string } & Record<string, unknown>;
export type SeriesItem = Group & { points: Point[] };
export type Series = Coverage & { interval: string; zone: string; items: SeriesItem[] };
export type ErrorPattern = {
  error_type: string | null;
  message: string;
  count: number;
  share: number;
  first_seen: string;
  last_seen: string;
  prompts: { prompt: string; version: string; count: number }[];
  prompt_count: number;
  example: string | null;
};
export type ErrorPatterns = Coverage & { items: ErrorPattern[]; errors: number; patterns: number };
export type CompareFiguresQuery = { prompt: string; from: string; to: string; environment?: string; since?: string; until?: string };
export type FigureChange = { metric: string; better: string; from: number | null; to: number | null; change: number | null; low: number | null; high: number | null };
export type ComparedFigures = Omit<Coverage, 'from' | 'to'> & {
  since: string;
  until: string;
  prompt: string;
  from: string;
  to: string;
  environment: string;
  basis: string;
  shared_hours: number;
  from_figures: Figures;
  to_figures: Figures;
  changes: FigureChange[];
};

type Listed<T> = { items: T[]; next_cursor?: string | null; total?: number | null };

type Parts<Query, Path> = { query?: Query; header?: never; cookie?: never } & ([Path] extends [undefined] ? { path?: never } : { path: Path });
type Answers<T> = { 200: { headers: Record<string, unknown>; content: { 'application/json': T } } };
type Get<Query, T, Path = undefined> = { get: { parameters: Parts<Query, Path>; requestBody?: never; responses: Answers<T> } };
type Send<Body, T, Query = undefined> = { parameters: Parts<Query, undefined>; requestBody: { content: { 'application/json': Body } }; responses: Answers<T> };

type Paths = {
  '/api/v1/executions': Get<ExecutionQuery, Listed<Execution>>;
  '/api/v1/executions/{id}': Get<undefined, ExecutionDetail, { id: string }>;
  '/api/v1/executions/tail': Get<ExecutionQuery & { after?: string }, Tail>;
  '/api/v1/executions/erase': { post: Send<Erase, Erased> };
  '/api/v1/prices/apply': { post: Send<{ from?: string; to?: string }, AppliedPrices> };
  '/api/v1/scores': { post: Send<NewScore, Recorded> };
  '/api/v1/analytics/summary': Get<AnalyticsQuery, Summary>;
  '/api/v1/analytics/series': Get<AnalyticsQuery, Series>;
  '/api/v1/analytics/errors': Get<AnalyticsQuery, ErrorPatterns>;
  '/api/v1/analytics/geography': Get<AnalyticsQuery, Summary>;
  '/api/v1/analytics/compare': Get<CompareFiguresQuery, ComparedFigures>;
  '/api/v1/recording': Get<undefined, RecordingPolicy> & { put: Send<RecordingPolicy, RecordingPolicy> };
};

export const soon = api as unknown as Client<Paths>;
