/** Values to try a prompt with, as the text of their JSON. */
import type { Details } from './draft';
import { isJson, member, members, oneLine } from './json';
import type { Found } from './variables';

/** The JSON type that a schema names, or nothing. */
export function typeOf(schema: string): string {
  if (!isJson(schema)) return '';
  const type = member(schema, 'type');
  if (type?.startsWith('"')) return JSON.parse(type) as string;
  return '';
}

/** Nothing but a type, or nothing at all. */
export const isSimple = (schema: string): boolean => schema.trim() === '' || (isJson(schema) && members(schema).length === 1 && typeOf(schema) !== '');

/** What stands in the column "Type". */
export function typeWord(schema: string): string {
  if (!schema.trim()) return 'any';
  if (isJson(schema) && member(schema, 'enum')) return 'choice';
  const type = typeOf(schema);
  return type === 'array' ? 'list' : type === 'boolean' ? 'yes or no' : type || 'schema';
}

/** What is shown of a value: a text without its quotes. */
export function show(json: string): string {
  if (json.trim().startsWith('"') && isJson(json)) return JSON.parse(json) as string;
  return oneLine(json);
}

/** What was typed, as JSON: texts need no quotes. */
export function read(typed: string, schema: string): string {
  const type = typeOf(schema);
  if (type === 'string') return JSON.stringify(typed);
  const json = isJson(typed) && typed.trim() !== '';
  if (type) return json ? typed.trim() : JSON.stringify(typed);
  return json && /^\s*[[{]/.test(typed) ? typed.trim() : JSON.stringify(typed);
}

/** So that the preview shows something from the first letter on: a value that fits where nobody gave one. */
export function standIn(name: string, details: Details, use: Found | undefined, isSlot: boolean): string {
  if (isSlot) return '[]';
  const schema = details.schema;
  const choices = isJson(schema) ? member(schema, 'enum') : undefined;
  if (choices) {
    const first = (JSON.parse(choices) as unknown[])[0];
    return JSON.stringify(first ?? null);
  }
  const fields = use?.fields ?? [];
  const object = () => JSON.stringify(Object.fromEntries(fields.map((field) => [field, `[${name}.${field}]`])));
  const type = typeOf(schema);
  if (type === 'integer' || type === 'number') return '1';
  if (type === 'boolean') return 'true';
  if (type === 'array' || (!type && use?.list)) return schema.trim() && !use?.list ? '[]' : `[${fields.length > 0 ? object() : JSON.stringify(`[${name}]`)}]`;
  if (type === 'object' || (!type && fields.length > 0)) return object();
  return JSON.stringify(`[${name}]`);
}

/** The text of an object from its values. */
export const objectOf = (values: Record<string, string>): string =>
  `{${Object.entries(values).map(([name, json]) => `${JSON.stringify(name)}:${isJson(json) ? json : JSON.stringify(json)}`).join(',')}}`;
