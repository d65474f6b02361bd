/** Where a problem belongs: a message, a variable, a setting, or the whole. */
import type { components } from '../api/schema';

export type Item = components['schemas']['ProblemItem'];
export type Place = { block: number } | { variable: number } | { setting: string } | { value: string } | 'whole';

export function placeOf(pointer: string, names: readonly string[]): Place {
  const [head, at = '', ...rest] = pointer.replace(/^\/version(?=\/)/, '').split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (head === 'content') return { block: rest.length > 0 || /^\d+$/.test(at) ? Number(at) : 0 };
  if (head === 'settings' && at) return { setting: at };
  if (head === 'variables' && at) {
    // Values are named, declarations are counted.
    if (/^\d+$/.test(at) && !names.includes(at)) return { variable: Number(at) };
    return { value: at };
  }
  return 'whole';
}

/** Offsets of a place in a text: the rest of its word, or of its line. Lines and columns count from 1, columns in characters. */
export function range(text: string, line: number, column: number): { from: number; to: number } {
  const lines = text.split('\n');
  const at = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
  const own = lines[at] ?? '';
  const before = [...own].slice(0, Math.max(0, column - 1)).join('').length;
  const from = start + Math.min(before, own.length);
  const word = /^[\w.]+/.exec(own.slice(before))?.[0].length ?? 0;
  const to = word > 0 ? from + word : start + own.length;
  return { from: to > from ? from : Math.max(start, from - 1), to };
}
