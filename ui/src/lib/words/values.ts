import type { Variable } from '../api/types';

/** A JSON value, as short as it can be said. */
export function valueWords(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  return JSON.stringify(value) ?? '';
}

/** What a JSON Schema asks for, in a few words; the whole of it stays one look away. */
export function schemaWords(schema: unknown): string {
  if (!schema || typeof schema !== 'object') return 'anything';
  const { type, enum: choices, const: only, items } = schema as { type?: unknown; enum?: unknown; const?: unknown; items?: unknown };
  if (Array.isArray(choices)) return `one of ${choices.map(valueWords).join(', ')}`;
  if (only !== undefined) return `only ${valueWords(only)}`;
  if (type === 'array') return items ? `list of ${schemaWords(items)}` : 'list';
  if (Array.isArray(type)) return type.join(' or ');
  if (typeof type === 'string') return type;
  return 'anything';
}

/** "integer, default 6"; "object, optional"; "string, required". */
export function variableWords(variable: Variable): string {
  const kind = schemaWords(variable.schema);
  if (variable.default !== undefined) return `${kind}, default ${valueWords(variable.default)}`;
  return `${kind}, ${variable.required === false ? 'optional' : 'required'}`;
}

/** What of two declarations of a variable differs, where their short forms are the same. */
export function variableChanges(before: Variable, after: Variable): string[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const found: string[] = [];
  if (!same(before.schema, after.schema)) found.push('schema');
  if (!same(before.default, after.default)) found.push('default');
  if (!same(before.required, after.required)) found.push('required');
  if (!same(before.description, after.description)) found.push('description');
  return found;
}
