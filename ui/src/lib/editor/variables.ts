/**
 * Finds the variables of a template while it is typed, before the server has answered. It knows what people usually write; the
 * server's list takes its place.
 */
import { tokens } from '../template/tokens';

export type Found = {
  name: string;
  /** Fields that are asked of it: `text` of `{{ ticket.text }}`. */
  fields: string[];
  /** It is gone through with `for`, so it is a list; then `fields` are those of one of its items. */
  list: boolean;
};

const WORDS = new Set('and or not in is if else elif true false none True False None loop self super caller recursive as'.split(' '));
const LEX = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[A-Za-z_]\w*|\d[\w.]*|[=!<>]=|\S/g;

type Scope = Map<string, string | null>;

/** In the order in which they first stand in the text. */
export function found(text: string, template: string): Found[] {
  const all = new Map<string, Found>();
  const use = (name: string, field?: string, list = false) => {
    const one = all.get(name) ?? { name, fields: [], list: false };
    all.set(name, one);
    if (field && !one.fields.includes(field)) one.fields.push(field);
    if (list) one.list = true;
  };
  if (template === 'single_brace') {
    for (const { from, to } of tokens(text, template)) {
      const [name = '', field] = text.slice(from + 1, to - 1).split('.');
      use(name, field);
    }
    return [...all.values()];
  }
  const scopes: Scope[] = [new Map()];
  let raw = false;
  for (const { kind, from, to } of tokens(text, template)) {
    if (kind === 'comment') continue;
    // One that is not closed yet swallows the next one, which counts.
    const inner = Math.max(from, text.lastIndexOf('{{', to - 3), text.lastIndexOf('{%', to - 3));
    const quoted = (text.slice(from, inner).match(/"/g)?.length ?? 0) % 2 === 1;
    const own = text.slice(quoted ? from : inner, to);
    if (!/[%}]\}$/.test(own) || own.length < 4) continue;
    const words = own.slice(2).replace(/[-+]?[%}]?\}?$/, '').replace(/^[-+]/, '').match(LEX) ?? [];
    const head = kind === 'var' ? '' : (words[0] ?? '');
    if (head === 'endraw') raw = false;
    if (raw || kind === 'include') continue;
    if (head === 'raw') raw = true;
    else if (kind === 'var') expression(words, scopes, use);
    else statement(head, words.slice(1), scopes, use);
  }
  return [...all.values()];
}

type Use = (name: string, field?: string, list?: boolean) => void;

function statement(head: string, words: string[], scopes: Scope[], use: Use): void {
  if (head === 'for') {
    const cut = words.indexOf('in');
    if (cut < 0) return;
    const source = words.slice(cut + 1);
    const simple = /^[A-Za-z_]/.test(source[0] ?? '') && !WORDS.has(source[0] ?? '') && !['.', '(', '['].includes(source[1] ?? '') ? source[0] : undefined;
    const scope: Scope = new Map([['loop', null]]);
    const outer = simple !== undefined && !known(simple, scopes);
    if (outer) use(simple, undefined, true);
    const targets = words.slice(0, cut).filter((word) => /^[A-Za-z_]/.test(word));
    for (const target of targets) scope.set(target, outer && targets.length === 1 ? simple : null);
    expression(source, scopes, use);
    scopes.push(scope);
  } else if (head === 'set' || head === 'with') {
    const names = words.flatMap((word, i) => (words[i + 1] === '=' && words[i - 1] !== '(' ? [word] : []));
    const captured = head === 'set' && names.length === 0 ? words.slice(0, 1) : names;
    expression(words.slice(captured === names ? 0 : 1).filter((word, i) => !(names.includes(word) && words[i + 1] === '=')), scopes, use);
    if (head === 'with') scopes.push(new Map());
    for (const name of captured) scopes.at(-1)?.set(name, null);
  } else if (head === 'macro') {
    scopes[0]?.set(words[0] ?? '', null);
    scopes.push(new Map(words.slice(1).filter((word) => /^[A-Za-z_]/.test(word)).map((word) => [word, null])));
  } else if (/^end(for|with|macro)$/.test(head)) {
    if (scopes.length > 1) scopes.pop();
  } else if (!/^end/.test(head) && head !== 'filter' && head !== 'autoescape') {
    expression(words, scopes, use);
  }
}

function expression(words: string[], scopes: Scope[], use: Use): void {
  words.forEach((word, i) => {
    const before = words[i - 1];
    const after = words[i + 1];
    if (!/^[A-Za-z_]/.test(word) || WORDS.has(word) || before === '.' || before === '|') return;
    if (before === 'is' || (before === 'not' && words[i - 2] === 'is')) return;
    if (after === '(' || after === '=') return;
    const field = after === '.' ? words[i + 2] : undefined;
    const called = words[i + 3] === '(';
    const local = known(word, scopes);
    if (!local) use(word, called ? undefined : field);
    else if (local.of) use(local.of, called ? undefined : field, true);
  });
}

function known(name: string, scopes: readonly Scope[]): { of: string | null } | undefined {
  const scope = scopes.findLast((one) => one.has(name));
  return scope && { of: scope.get(name) ?? null };
}

const INCLUDED = /\{%[-+]?\s*include\s/;

export const hasIncludes = (text: string, template: string): boolean => template === 'jinja' && INCLUDED.test(text);
