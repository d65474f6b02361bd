import type { Difference } from '../api/types';
import { valueWords } from './values';

const SHORT = 40;
const simple = (value: unknown) => (value === null || typeof value !== 'object') && valueWords(value).length <= SHORT;

export const isNew = (difference: Difference): boolean => !('before' in difference) || difference.before === undefined;
export const isGone = (difference: Difference): boolean => !('after' in difference) || difference.after === undefined;

/** "temperature 0.4 to 0.7"; "`customer` is new". */
export function differenceWords(difference: Difference): string {
  const { name, before, after } = difference;
  if (isNew(difference)) return simple(after) ? `\`${name}\` is new: ${valueWords(after)}` : `\`${name}\` is new`;
  if (isGone(difference)) return `\`${name}\` is gone`;
  return simple(before) && simple(after) ? `\`${name}\` from ${valueWords(before)} to ${valueWords(after)}` : `\`${name}\` is different`;
}
