const SHOWN = 6;

/** `a`; `a, b and c`; of more than six, how many more there are. */
export function inWords(parts: readonly string[]): string {
  if (parts.length > SHOWN) return `${parts.slice(0, SHOWN).join(', ')} and ${parts.length - SHOWN} more`;
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
