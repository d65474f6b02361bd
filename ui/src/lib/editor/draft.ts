/** What is edited: a version in the making, with every value as the text of its JSON. */
import type { Template } from '../template/tokens';
import { elements, isJson, member, members, sameJson } from './json';
import { found, hasIncludes } from './variables';

export type Kind = 'text' | 'chat';
export type MessageBlock = { id: number; role: string; text: string };
export type SlotBlock = { id: number; slot: string };
export type Block = MessageBlock | SlotBlock;
export type Details = {
  /** The JSON Schema; empty: any value. */
  schema: string;
  required: boolean;
  /** JSON; empty: none. */
  fallback: string;
  description: string;
};
export type Setting = { name: string; json: string };
export type Draft = {
  kind: Kind;
  template: Template;
  /** Of a text there is one. */
  blocks: Block[];
  /** Names that the version it began from declared, in its order. */
  order: string[];
  details: Record<string, Details>;
  /** Declared although the text does not use them. */
  kept: string[];
  settings: Setting[];
  note: string;
};

export const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'] as const;
export const NEW: Readonly<Details> = { schema: '', required: true, fallback: '', description: '' };

let last = 0;
export const nextId = (): number => ++last;

export const message = (role: string, text: string): MessageBlock => ({ id: nextId(), role, text });
export const slot = (name: string): SlotBlock => ({ id: nextId(), slot: name });
export const isSlot = (block: Block): block is SlotBlock => 'slot' in block;

/** What a newcomer begins with. */
export function empty(kind: Kind): Draft {
  const blocks = kind === 'text' ? [message('', '')] : [message('system', ''), message('user', '')];
  return { kind, template: 'jinja', blocks, order: [], details: {}, kept: [], settings: [], note: '' };
}

/** From the text of a version as the server sends it. */
export function fromVersion(json: string): Draft {
  const plain = JSON.parse(json) as { kind: Kind; template: Template; content: unknown; variables: { name: string; required?: boolean; description?: string }[] };
  const parts = typeof plain.content === 'string' ? [{ role: '', content: plain.content }] : (plain.content as Record<string, string>[]);
  const texts = elements(member(json, 'variables') ?? '[]');
  const details: Record<string, Details> = {};
  plain.variables.forEach((variable, i) => {
    const of = (name: string) => member(texts[i] ?? '{}', name);
    const schema = of('schema');
    details[variable.name] = {
      schema: !schema || schema === 'null' ? '' : schema,
      required: variable.required ?? of('default') === undefined,
      fallback: of('default') ?? '',
      description: variable.description ?? '',
    };
  });
  return {
    kind: plain.kind,
    template: plain.template,
    blocks: parts.map((part) => (part.placeholder === undefined ? message(part.role ?? '', part.content ?? '') : slot(part.placeholder))),
    order: plain.variables.map((variable) => variable.name),
    details,
    kept: [],
    settings: members(member(json, 'settings') ?? '{}'),
    note: '',
  };
}

/** Names that stand in the text, in its order; slots too. */
export function used(draft: Draft): string[] {
  const names = draft.blocks.flatMap((block) => (isSlot(block) ? [block.slot] : found(block.text, draft.template).map((one) => one.name)));
  return [...new Set(names.filter(Boolean))];
}

export const includes = (draft: Draft): boolean => draft.blocks.some((block) => !isSlot(block) && hasIncludes(block.text, draft.template));

/** The variables that the version declares: those it began with stay where they were, new ones follow. */
export function declared(draft: Draft, names: readonly string[]): string[] {
  const any = includes(draft);
  const old = draft.order.filter((name) => any || names.includes(name) || draft.kept.includes(name));
  return [...new Set([...old, ...names, ...draft.kept])];
}

/** `content` as the API takes it. */
export function content(draft: Draft): unknown {
  if (draft.kind === 'text') return draft.blocks.map((block) => (isSlot(block) ? '' : block.text)).join('\n');
  return draft.blocks.map((block) => (isSlot(block) ? { placeholder: block.slot } : { role: block.role, content: block.text }));
}

/** The text of a request that holds this version; `names` absent: the server finds the variables. */
export function body(draft: Draft, names: readonly string[] | undefined, more: Record<string, unknown> = {}): string {
  const parts = [`"content":${JSON.stringify(content(draft))}`, `"template":${JSON.stringify(draft.template)}`];
  if (names) parts.push(`"variables":[${names.map((name) => variable(name, draft.details[name] ?? NEW)).join(',')}]`);
  parts.push(`"settings":{${draft.settings.map(({ name, json }) => `${JSON.stringify(name)}:${value(json)}`).join(',')}}`);
  for (const [name, given] of Object.entries(more)) if (given !== undefined) parts.push(`${JSON.stringify(name)}:${JSON.stringify(given)}`);
  return `{${parts.join(',')}}`;
}

function variable(name: string, details: Details): string {
  const parts = [`"name":${JSON.stringify(name)}`];
  if (details.schema.trim()) parts.push(`"schema":${value(details.schema)}`);
  if (details.fallback.trim()) parts.push(`"default":${value(details.fallback)}`);
  parts.push(`"required":${details.required}`);
  if (details.description) parts.push(`"description":${JSON.stringify(details.description)}`);
  return `{${parts.join(',')}}`;
}

/** A field that is still being written is sent as text: the server says what is wrong with it. */
const value = (json: string): string => (isJson(json) ? json : JSON.stringify(json));

const sameBlock = (a: Block, b: Block | undefined): boolean =>
  b !== undefined && (isSlot(a) ? isSlot(b) && a.slot === b.slot : !isSlot(b) && a.role === b.role && a.text === b.text);

const sameDetails = (a: Details = NEW, b: Details = NEW): boolean =>
  a.required === b.required && a.description === b.description && sameJson(a.schema, b.schema) && sameJson(a.fallback, b.fallback);

/** Whether saving would change anything of the version, its note aside. */
export function same(a: Draft, b: Draft): boolean {
  if (a.template !== b.template || a.blocks.length !== b.blocks.length || !a.blocks.every((block, i) => sameBlock(block, b.blocks[i]))) return false;
  if (a.kept.length !== b.kept.length || !a.kept.every((name) => b.kept.includes(name))) return false;
  if (a.settings.length !== b.settings.length) return false;
  if (!a.settings.every(({ name, json }) => b.settings.some((one) => one.name === name && sameJson(one.json, json)))) return false;
  return [...new Set([...Object.keys(a.details), ...Object.keys(b.details)])].every((name) => sameDetails(a.details[name], b.details[name]));
}

/** Blocks of another origin get numbers of their own: what a page shows is told apart by them. */
export const renumbered = (draft: Draft): Draft => ({ ...draft, blocks: draft.blocks.map((block) => ({ ...block, id: nextId() })) });

/** A plain copy: what a page holds is more than data. */
export const copy = (draft: Draft): Draft => JSON.parse(JSON.stringify(draft)) as Draft;
