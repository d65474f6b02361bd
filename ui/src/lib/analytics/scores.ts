import type { ScoreFigures, SummaryItem } from '../api/recorded';
import { amount, NONE, percent } from '../chart/numbers';

/** Every score that occurs, those of most executions first. */
export function scoreNames(items: readonly SummaryItem[]): string[] {
  const counts = new Map<string, number>();
  for (const item of items) for (const [name, figures] of Object.entries(item.scores)) counts.set(name, (counts.get(name) ?? 0) + figures.count + categories(figures));
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], 'en')).map(([name]) => name);
}

const categories = (figures: ScoreFigures): number => Object.values(figures.categories ?? {}).reduce((sum, count) => sum + count, 0);

/** A yes or no, or anything else between 0 and 1, has a rate. */
export const isRate = (figures: Pick<ScoreFigures, 'min' | 'max'> | undefined): boolean => figures !== undefined && figures.min !== null && figures.max !== null && figures.min >= 0 && figures.max <= 1;

export function scoreWords(figures: ScoreFigures | undefined): string {
  if (!figures || figures.mean === null) return NONE;
  return isRate(figures) ? percent(figures.mean) : amount(figures.mean);
}

/** 95 % interval of the mean, as half its width; nothing where it would be a guess. */
export function halfWidth(figures: ScoreFigures | undefined): number | undefined {
  if (!figures || figures.count < 30 || figures.std === null) return undefined;
  return (1.96 * figures.std) / Math.sqrt(figures.count);
}

/** `good 812, bad 31`. */
export const categoryWords = (figures: ScoreFigures | undefined): string =>
  Object.entries(figures?.categories ?? {})
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${name} ${amount(count)}`)
    .join(', ');
