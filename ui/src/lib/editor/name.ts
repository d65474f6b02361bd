const BYTES = 256;

/** What is wrong with the name of a prompt, in the rules of the server; empty: nothing. */
export function nameProblem(name: string): string {
  if (name === '') return 'The name is empty; give at least one character.';
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > BYTES) return `The name has ${bytes} bytes; at most ${BYTES} are allowed.`;
  if (/\p{Cc}/u.test(name)) return 'The name holds a control character; remove it.';
  const bad = /[:@|#]/.exec(name)?.[0];
  if (bad) return `The name holds ${bad}; the characters : @ | # have a meaning in references.`;
  for (const segment of name.split('/')) {
    if (segment === '') return 'A name has no empty part: no / at its ends and no //.';
    if (segment === '.' || segment === '..') return `“${segment}” may not be a part of a name.`;
  }
  return '';
}
