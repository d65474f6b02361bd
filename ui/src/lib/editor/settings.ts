/** Settings of the model: those that have a field of their own, and the rest. */
import type { Setting } from './draft';
import { elements, isJson, member, oneLine, sameJson } from './json';

/** In the order of the form. */
export const FIELDS = [
  { name: 'provider', label: 'Provider', kind: 'text', hint: 'Such as openai, anthropic.' },
  { name: 'model', label: 'Model', kind: 'text', hint: '' },
  { name: 'temperature', label: 'Temperature', kind: 'number', hint: '0 to 2' },
  { name: 'top_p', label: 'Top p', kind: 'number', hint: '0 to 1' },
  { name: 'max_tokens', label: 'Max tokens', kind: 'number', hint: '' },
] as const;

export const labelOf = (name: string): string =>
  FIELDS.find((field) => field.name === name)?.label ?? { stop: 'Stop', tools: 'Tools', response_schema: 'Form of answer' }[name] ?? name;

export const get = (settings: readonly Setting[], name: string): string => settings.find((one) => one.name === name)?.json ?? '';

/** Where it was; a new one is last; empty takes it away. */
export function put(settings: readonly Setting[], name: string, json: string): Setting[] {
  if (!json.trim()) return settings.filter((one) => one.name !== name);
  if (!settings.some((one) => one.name === name)) return [...settings, { name, json }];
  return settings.map((one) => (one.name === name ? { name, json } : one));
}

/** The text of a field: words without quotes. */
export const shown = (json: string): string => (json.startsWith('"') && isJson(json) ? (JSON.parse(json) as string) : json);

export const written = (typed: string, kind: 'text' | 'number'): string => (typed.trim() === '' ? '' : kind === 'number' ? typed.trim() : JSON.stringify(typed.trim()));

/** Stop texts, one in a line; line ends within them as `\n`. */
export function stopLines(json: string): string {
  if (!json) return '';
  const list = json.startsWith('[') ? elements(json) : [json];
  return list.map((one) => one.replace(/^"|"$/g, '').replaceAll('\\"', '"')).join('\n');
}

export function stopJson(lines: string): string {
  const list = lines.split('\n').filter((line) => line !== '');
  const quoted = list.map((line) => {
    const json = `"${line.replaceAll('"', '\\"')}"`;
    return isJson(json) ? json : JSON.stringify(line);
  });
  return list.length === 0 ? '' : `[${quoted.join(',')}]`;
}

/** What the summary shows of a value. */
export function summary(name: string, json: string): string {
  if (!json || json === 'null') return 'none';
  if (name === 'tools' && json.startsWith('[') && isJson(json)) {
    const names = elements(json).map((tool) => member(tool, 'name') ?? member(member(tool, 'function') ?? '{}', 'name') ?? '"tool"');
    return names.length === 0 ? 'none' : names.map(shown).join(', ');
  }
  if (name === 'stop' && isJson(json)) return json.startsWith('[') ? elements(json).join(' ') || 'none' : json;
  if (name === 'response_schema') return 'JSON Schema';
  return json.startsWith('"') ? shown(json) : oneLine(json);
}

export type Change = { name: string; before: string; after: string };

/** What is different from the version it began from; `''` where there is none. */
export function changes(before: readonly Setting[], after: readonly Setting[]): Change[] {
  const names = [...new Set([...after, ...before].map((one) => one.name))];
  return names
    .map((name) => ({ name, before: get(before, name), after: get(after, name) }))
    .filter((one) => !sameJson(one.before, one.after));
}
