import type { FigureFilter } from '../api/executions';
import type { Group } from '../api/recorded';
import { to } from '../address';
import type { Range } from './range';

/** What figures can be narrowed to in the address, beside the environment. */
export const NARROWED = ['prompt', 'version', 'model', 'country', 'tag'] as const;
export type Narrowed = (typeof NARROWED)[number];

/** `all` in the address: every environment. Absent: the one that users meet. */
export const environmentOf = (query: URLSearchParams, production: string): string => query.get('environment') ?? production;

/** What the address asks for, without a time. */
export function narrowed(query: URLSearchParams, production: string): FigureFilter {
  const found: FigureFilter = {};
  const environment = environmentOf(query, production);
  if (environment && environment !== 'all') found.environment = environment;
  for (const name of NARROWED) {
    const value = query.get(name);
    if (value) found[name] = value;
  }
  return found;
}

const iso = (at: number): string => new Date(at).toISOString();

export const during = (filter: FigureFilter, range: Pick<Range, 'from' | 'to'>): FigureFilter => ({ ...filter, from: iso(range.from), ...(range.to === undefined ? {} : { to: iso(range.to) }) });
export const before = (filter: FigureFilter, range: Range): FigureFilter => ({ ...filter, from: iso(range.before.from), to: iso(range.before.to) });

/** The executions that figures are about. */
export function explored(filter: FigureFilter, more: Record<string, string> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, ...more })) if (value) query.set(name, String(value));
  return `${to.executions()}${query.size > 0 ? `?${query.toString()}` : ''}`;
}

export const FAILED = 'error,timeout,blocked';

/** What a line that was grouped by something is called. */
export function groupName(group: Group, by: keyof Group): string {
  if (group.others) return 'others';
  const value = group[by];
  return typeof value === 'string' && value !== '' ? value : 'unknown';
}

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** `DE` is Germany; what is no country stays as it was sent. */
export function countryName(code: string): string {
  return /^[A-Za-z]{2}$/.test(code) ? (countries.of(code.toUpperCase()) ?? code) : code;
}
