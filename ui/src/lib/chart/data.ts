import type { Point, SeriesItem } from '../api/recorded';
import { BUCKET_MS } from './days';
import type { Unit } from './numbers';

/** By the order of the palette; `c-6` is for the rest, `bad` for errors. */
export type Tone = 'c-1' | 'c-2' | 'c-3' | 'c-4' | 'c-5' | 'c-6' | 'bad';
export type Stroke = 'solid' | 'dash' | 'dot';
export type Line = { name: string; values: readonly (number | null)[]; tone: Tone; stroke?: Stroke };
export type Marker = { at: number; label: string };
export type Plot = {
  kind: 'line' | 'area' | 'bars';
  unit: Unit;
  interval: string;
  /** Where each bucket begins. */
  at: readonly number[];
  lines: readonly Line[];
};

const TONES: readonly Tone[] = ['c-1', 'c-2', 'c-3', 'c-4'];

const number = (point: Point, metric: string): number | null => {
  const value = point[metric];
  return typeof value === 'number' ? value : null;
};

export const begins = (item: SeriesItem | undefined): number[] => (item?.points ?? []).map((point) => Date.parse(point.at));
export const values = (item: SeriesItem | undefined, metric: string): (number | null)[] => (item?.points ?? []).map((point) => number(point, metric));

const sum = (all: readonly (number | null)[]): number => all.reduce<number>((total, value) => total + (value ?? 0), 0);

/** The four groups with the most of it, and the rest as one. What adds up has no gap: nothing of it is zero. */
export function stacked(items: readonly SeriesItem[], metric: string, name: (item: SeriesItem) => string): Line[] {
  const all = items.map((item) => ({ item, values: values(item, metric).map((value) => value ?? 0) }));
  const named = all.filter(({ item }) => !item.others).sort((a, b) => sum(b.values) - sum(a.values));
  const shown = named.slice(0, TONES.length).filter((one, i) => i === 0 || sum(one.values) > 0);
  const rest = [...named.slice(TONES.length), ...all.filter(({ item }) => item.others)].filter((one) => sum(one.values) > 0);
  const lines: Line[] = shown.map((one, i) => ({ name: name(one.item), values: one.values, tone: TONES[i] ?? 'c-6' }));
  const [single] = rest;
  if (single && rest.length === 1 && !single.item.others) lines.push({ name: name(single.item), values: single.values, tone: 'c-6' });
  else if (rest.length > 0) lines.push({ name: 'others', values: (rest[0]?.values ?? []).map((_, i) => rest.reduce((total, one) => total + (one.values[i] ?? 0), 0)), tone: 'c-6' });
  return lines;
}

/** Each line with all before it below: how bars are drawn. */
export function cumulated(lines: readonly Line[]): number[][] {
  const below: number[] = [];
  return lines.map((line) => line.values.map((value, i) => (below[i] = (below[i] ?? 0) + (value ?? 0))));
}

export function highest(plot: Plot): number {
  const all = plot.kind === 'bars' ? (cumulated(plot.lines).at(-1) ?? []) : plot.lines.flatMap((line) => line.values);
  return all.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

/** Where a bucket ends: where the next one begins. */
export function endOf(plot: Pick<Plot, 'at' | 'interval'>, i: number): number {
  return plot.at[i + 1] ?? (plot.at[i] ?? 0) + (BUCKET_MS[plot.interval] ?? 0);
}

/** Is there anything to draw? */
export const isEmpty = (plot: Plot): boolean => plot.at.length === 0 || plot.lines.every((line) => line.values.every((value) => value === null || (plot.kind === 'bars' && value === 0)));

const quoted = (text: string): string => {
  // A spreadsheet would run what begins so as a formula; an apostrophe makes it text.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** As a file: times in UTC, figures as the server has them. */
export function csv(plot: Plot): string {
  const head = ['from', ...plot.lines.map((line) => quoted(line.name))].join(',');
  const rows = plot.at.map((at, i) => [new Date(at).toISOString(), ...plot.lines.map((line) => line.values[i] ?? '')].join(','));
  return `${[head, ...rows].join('\n')}\n`;
}
