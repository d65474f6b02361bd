const figures = new Intl.NumberFormat('en-US');

/** Thousands with a comma. */
export const count = (n: number): string => figures.format(n);

/** `1 version`, `3 versions`. */
export const many = (n: number, one: string, more = `${one}s`): string => `${count(n)} ${n === 1 ? one : more}`;

/** A real sign and, where there is nothing, none: `+31`, `−18`, `0`. */
export const signed = (n: number): string => (n > 0 ? `+${count(n)}` : n < 0 ? `−${count(-n)}` : '0');

/** Money as in the price table: four significant digits at most, never rounded to nothing. */
export function dollars(usd: number): string {
  if (usd === 0) return '$0';
  if (usd >= 0.01) return `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: usd < 1 ? 4 : 2 })}`;
  return `$${Number(usd.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 12 })}`;
}

/** Two letters for a person or a key. */
export function initials(name: string): string {
  const words = name.replace(/@.*/, '').split(/[\s._\-/]+/).filter(Boolean);
  const letters = words.length > 1 ? `${first(words[0])}${first(words[words.length - 1])}` : [...(words[0] ?? '?')].slice(0, 2).join('');
  return letters.toUpperCase();
}

const first = (word: string | undefined): string => [...(word ?? '')][0] ?? '';

/** Names of environments are identifiers; heads of tables are words. */
export const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** `support/reply` is `reply` in the folder `support`. */
export function folderOf(name: string): { folder: string; own: string } {
  const cut = name.indexOf('/');
  return cut < 0 ? { folder: '', own: name } : { folder: name.slice(0, cut), own: name.slice(cut + 1) };
}

const ORDINALS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

/** `1st`, `2nd`, `1,013th`. */
export const ordinal = (n: number): string => `${count(n)}${ORDINALS[ordinals.select(n)] ?? 'th'}`;
