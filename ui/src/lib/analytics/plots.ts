import type { FigureFilter } from '../api/executions';
import type { AnalyticsQuery, Group, Series } from '../api/recorded';
import { begins, stacked, values, type Plot } from '../chart/data';
import type { Unit } from '../chart/numbers';
import { groupName } from './filters';
import type { Range } from './range';

const FINE = 'count,latency_p50,latency_p95,latency_p99,error_rate';
/** More than are shown: which of them have the most is seen in their figures. */
const GROUPS = 200;

/** One question for all charts of lines. */
export const fine = (asked: FigureFilter, range: Range, zone: string): AnalyticsQuery => ({ ...asked, metric: FINE, interval: range.fine, zone });
export const coarse = (asked: FigureFilter, range: Range, zone: string, metric: string, by?: keyof Group): AnalyticsQuery => ({
  ...asked,
  metric,
  interval: range.coarse,
  zone,
  ...(by ? { group_by: by, limit: GROUPS } : {}),
});

const of = (series: Series, kind: Plot['kind'], unit: Unit, lines: Plot['lines']): Plot => ({ kind, unit, interval: series.interval, at: begins(series.items[0]), lines });

export function latency(series: Series): Plot {
  const [item] = series.items;
  return of(series, 'line', 'ms', [
    { name: 'p99', values: values(item, 'latency_p99'), tone: 'c-1' },
    { name: 'p95', values: values(item, 'latency_p95'), tone: 'c-1', stroke: 'dash' },
    { name: 'p50', values: values(item, 'latency_p50'), tone: 'c-1', stroke: 'dot' },
  ]);
}

export const errorRate = (series: Series): Plot => of(series, 'area', 'rate', [{ name: 'Error rate', values: values(series.items[0], 'error_rate'), tone: 'bad' }]);

export const byGroup = (series: Series, metric: string, unit: Unit, by: keyof Group): Plot => of(series, 'bars', unit, stacked(series.items, metric, (item) => groupName(item, by)));

export function tokens(series: Series): Plot {
  const [item] = series.items;
  return of(series, 'bars', 'count', [
    { name: 'input', values: values(item, 'input_tokens').map((value) => value ?? 0), tone: 'c-1' },
    { name: 'output', values: values(item, 'output_tokens').map((value) => value ?? 0), tone: 'c-2' },
  ]);
}

/** One line for each of the first groups. */
export function lines(series: Series, metric: string, unit: Unit, by: keyof Group): Plot {
  const tones = ['c-1', 'c-2', 'c-3', 'c-4', 'c-5'] as const;
  const strokes = ['solid', 'dash', 'dot', 'dash', 'dot'] as const;
  const shown = series.items.filter((item) => !item.others).slice(0, tones.length);
  return of(series, 'line', unit, shown.map((item, i) => ({ name: groupName(item, by), values: values(item, metric), tone: tones[i] ?? 'c-6', stroke: strokes[i] })));
}
