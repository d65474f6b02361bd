import { listed } from './detail';

const SHOWN = 6;

/** `a, b and c`; of more than six, how many more there are. */
export function inWords(parts: readonly string[]): string {
  return parts.length > SHOWN ? `${parts.slice(0, SHOWN).join(', ')} and ${parts.length - SHOWN} more` : listed(parts);
}
