import type { ComparedFigures, FigureChange } from '../api/recorded';
import { change, NONE, written, type Unit } from '../chart/numbers';
import { many } from '../format/text';

const WORDS: Record<string, { label: string; unit: Unit; less: string; more: string }> = {
  error_rate: { label: 'Error rate', unit: 'rate', less: 'fewer', more: 'more' },
  success_rate: { label: 'Success rate', unit: 'rate', less: 'lower', more: 'higher' },
  latency_mean_ms: { label: 'Latency, mean', unit: 'ms', less: 'faster', more: 'slower' },
  latency_p95_ms: { label: 'Latency, p95', unit: 'ms', less: 'faster', more: 'slower' },
  cost_mean_usd: { label: 'Cost per call', unit: 'money', less: 'cheaper', more: 'dearer' },
  input_tokens_mean: { label: 'Input tokens', unit: 'count', less: 'fewer', more: 'more' },
  output_tokens_mean: { label: 'Output tokens', unit: 'count', less: 'fewer', more: 'more' },
};

export type FigureRow = {
  label: string;
  from: string;
  to: string;
  change: string;
  interval: string;
  /** `good`, `bad` only where the same hours compare the same callers and the interval leaves out zero. */
  tone: 'good' | 'bad' | 'same';
  verdict: string;
};

/** One figure of two versions, as far as it can be said. */
export function figureRow(given: FigureChange, concurrent: boolean): FigureRow {
  const score = given.metric.startsWith('score:') ? given.metric.slice('score:'.length) : undefined;
  const rate = [given.from, given.to].every((value) => value === null || (value >= 0 && value <= 1));
  const words = WORDS[given.metric] ?? { label: score === 'thumbs' ? 'Thumbs up' : (score ?? given.metric.replaceAll('_', ' ')), unit: score && rate ? ('rate' as const) : ('count' as const), less: 'lower', more: 'higher' };
  const { unit } = words;
  const row = {
    label: words.label,
    from: written(unit, given.from),
    to: written(unit, given.to),
    change: change(unit, given.to, given.from) || NONE,
    interval: given.low === null || given.high === null ? NONE : `${difference(unit, given.low)} to ${difference(unit, given.high)}`,
  };
  if (!concurrent) return { ...row, tone: 'same', verdict: '' };
  if (given.low === null || given.high === null) return { ...row, tone: 'same', verdict: '' };
  if (given.low <= 0 && given.high >= 0) return { ...row, tone: 'same', verdict: 'Not distinguishable' };
  const direction = given.high < 0 ? 'lower' : 'higher';
  const word = direction === 'lower' ? words.less : words.more;
  const tone = given.better === 'neither' ? 'same' : given.better === direction ? 'good' : 'bad';
  return { ...row, tone, verdict: `Yes, ${word}` };
}

const difference = (unit: Unit, value: number): string => {
  if (unit === 'rate') return change('rate', value, 0);
  const text = written(unit, Math.abs(value));
  return `${value < 0 ? '−' : value > 0 ? '+' : ''}${text}`;
};

/** What the figures rest on, in a sentence. */
export function basisWords(figures: Pick<ComparedFigures, 'basis' | 'shared_hours' | 'environment'>): string {
  if (figures.basis === 'concurrent') return `${figures.environment}, over ${many(figures.shared_hours, 'hour')} in which both served`;
  return `${figures.environment}, at different times`;
}
