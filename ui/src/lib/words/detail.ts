/** Reads the detail of an entry: what it has depends on the action, and on the version of the server that wrote it. */
export type Detail = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Detail => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text that is there and says something. */
export function text(detail: Detail, name: string): string | undefined {
  const value = detail[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function inner(detail: Detail, name: string): Detail | undefined {
  const value = detail[name];
  return isObject(value) ? value : undefined;
}

/** Lists of words are written as arrays, or as words with spaces between. */
export function words(detail: Detail, name: string): readonly string[] {
  const value = detail[name];
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value.split(' ').filter(Boolean) : [];
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(all: readonly string[]): string {
  if (all.length < 2) return all.join('');
  return `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

/** Names of what is different before and after, in the order of `after`. */
export function differing(before: Detail, after: Detail): string[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
