/**
 * JSON as text. A version keeps numbers as they were written, and `1.0` is another setting than `1`; a browser that parses and
 * writes them again would change what nobody touched. So the editor carries values as the text they came in.
 */

/** The text of each member of an object, in order. Expects valid JSON. */
export function members(text: string): { name: string; json: string }[] {
  const parts = inside(text, '{');
  return parts.map((part) => {
    const end = stringEnd(part, 0);
    return { name: JSON.parse(part.slice(0, end)) as string, json: part.slice(part.indexOf(':', end) + 1).trim() };
  });
}

/** The text of each element of a list. Expects valid JSON. */
export const elements = (text: string): string[] => inside(text, '[');

/** The text of a member of an object, or nothing. */
export const member = (text: string, name: string): string | undefined => members(text).findLast((one) => one.name === name)?.json;

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is not JSON is given back as it is. */
export function pretty(text: string, indent = ''): string {
  const json = text.trim();
  if (indent === '' && !isJson(json)) return text;
  const deeper = `${indent}  `;
  const lines = json.startsWith('{')
    ? members(json).map(({ name, json: value }) => `${JSON.stringify(name)}: ${pretty(value, deeper)}`)
    : json.startsWith('[')
      ? elements(json).map((value) => pretty(value, deeper))
      : undefined;
  if (!lines) return json;
  const [open, close] = json.startsWith('{') ? '{}' : '[]';
  const short = `${open}${lines.join(', ')}${close}`;
  if (lines.length === 0 || (json.startsWith('[') && short.length < 60 && !short.includes('\n'))) return short;
  return `${open}\n${lines.map((line) => deeper + line).join(',\n')}\n${indent}${close}`;
}

/** Whether two texts are the same value, blanks aside. */
export const sameJson = (a: string, b: string): boolean => a === b || pretty(a) === pretty(b);

/** On one line, for a cell of a table. */
export function oneLine(text: string): string {
  const json = text.trim();
  if (!isJson(json)) return json;
  if (json.startsWith('{')) {
    const inner = members(json).map(({ name, json: value }) => `${/^\w+$/.test(name) ? name : JSON.stringify(name)}: ${oneLine(value)}`);
    return inner.length === 0 ? '{}' : `{ ${inner.join(', ')} }`;
  }
  if (json.startsWith('[')) return `[${elements(json).map(oneLine).join(', ')}]`;
  return json;
}

function inside(text: string, open: string): string[] {
  const json = text.trim();
  if (!json.startsWith(open)) return [];
  const parts: string[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 1; at < json.length; at++) {
    const sign = json[at];
    if (sign === '"') at = stringEnd(json, at) - 1;
    else if (sign === '{' || sign === '[') depth++;
    else if ((sign === '}' || sign === ']') && depth > 0) depth--;
    else if (sign === ',' || sign === '}' || sign === ']') {
      if (depth > 0) continue;
      const part = json.slice(start, at).trim();
      if (part) parts.push(part);
      start = at + 1;
    }
  }
  return parts;
}

/** The place behind a string that begins at the first quote from `from` on. */
function stringEnd(text: string, from: number): number {
  let at = text.indexOf('"', from) + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
