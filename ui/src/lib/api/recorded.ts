/**
 * Executions and their statistics. In answers the server always sends what may be null; the generated types cannot tell that
 * from what may be absent, so it is said here.
 */
import type { components, paths } from './schema';

type Schemas = components['schemas'];
type Sent<T, Absent extends keyof T = never> = Required<Omit<T, Absent>> & Pick<T, Absent>;
/** The same with parts that are said more exactly. */
type With<T, More> = Omit<T, keyof More> & More;
type Query<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;
/** What says nothing by null: it is left out. */
type Given<T> = { [Name in keyof T]?: NonNullable<T[Name]> };

export type ExecutionStatus = Schemas['ExecutionStatus'];
export type ScoreValue = Schemas['ScoreValue'];
export type Score = Schemas['Score'];
export type NewScore = Schemas['NewScore'];
export type Execution = Sent<Schemas['Execution'], 'variant'>;
export type ExecutionDetail = With<Execution & Omit<Sent<Schemas['ExecutionDetail']>, keyof Execution>, { variables: unknown; input: unknown; output: unknown; metadata: Record<string, unknown> | null }>;
export type ExecutionQuery = Given<Query<'/api/v1/executions'>>;
export type Executions = { items: Execution[]; next_cursor?: string | null };
export type Tail = With<Schemas['Tail'], { items: Execution[] }>;

export type RedactRule = Schemas['RedactRule'];
export type RecordingPolicy = Sent<Schemas['RecordingPolicy']>;
export type Erased = Schemas['Erased'];
export type AppliedPrices = Schemas['AppliedPrices'];

export type AnalyticsQuery = Given<Query<'/api/v1/analytics/summary'>>;
/** Only what was grouped by is there. */
export type Group = Given<Schemas['Group']>;
export type Distribution = Sent<Schemas['Distribution']>;
export type ScoreFigures = Distribution & Pick<Schemas['ScoreFigures'], 'categories'>;
export type Figures = With<Sent<Schemas['Figures']>, { latency_ms: Distribution; input_tokens: Distribution; output_tokens: Distribution; cost_usd: Distribution; scores: Record<string, ScoreFigures> }>;
export type Coverage = Schemas['Coverage'];
export type SummaryItem = Group & Figures & { share?: number | null };
export type Summary = Coverage & { items: SummaryItem[] };
/** When it begins, and a value by name of the metric. */
export type Point = { at: string } & Record<string, unknown>;
export type SeriesItem = Group & { points: Point[] };
export type Series = With<Schemas['Series'], { items: SeriesItem[] }>;
export type ErrorPattern = Sent<Schemas['ErrorPattern']>;
export type ErrorPatterns = With<Schemas['ErrorPatterns'], { items: ErrorPattern[] }>;
export type CompareFiguresQuery = Given<Query<'/api/v1/analytics/compare'>> & { prompt: string; from: string; to: string };
export type FigureChange = Sent<Schemas['FigureChange']>;
export type ComparedFigures = With<Schemas['ComparedFigures'], { from_figures: Figures; to_figures: Figures; changes: FigureChange[] }>;
