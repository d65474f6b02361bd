/** Cuts the text of a template into what is plain and what is not, for colouring. The server decides what is valid. */

export type Template = 'jinja' | 'single_brace' | 'none';
export type Kind = 'text' | 'var' | 'logic' | 'comment' | 'include';
export type Token = { kind: Kind; from: number; to: number };

const JINJA = /\{#[\s\S]*?(?:#\}|$)|\{%[\s\S]*?(?:%\}|$)|\{\{[\s\S]*?(?:\}\}|$)/g;
const SINGLE_BRACE = /\{\{|\}\}|\{[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*\}/g;
const INCLUDE = /^\{%[-+]?\s*(?:include|import|from|extends)\b/;

/** Tokens that are not plain text, in order, never overlapping. */
export function tokens(text: string, template: string): Token[] {
  if (template === 'none') return [];
  const found: Token[] = [];
  for (const match of text.matchAll(template === 'jinja' ? JINJA : SINGLE_BRACE)) {
    const kind = template === 'jinja' ? jinjaKind(match[0]) : match[0].length > 2 ? 'var' : 'text';
    if (kind !== 'text') found.push({ kind, from: match.index, to: match.index + match[0].length });
  }
  return found;
}

function jinjaKind(text: string): Kind {
  if (text.startsWith('{#')) return 'comment';
  if (text.startsWith('{{')) return 'var';
  return INCLUDE.test(text) ? 'include' : 'logic';
}

export type Span = { kind: Kind; text: string };

/** The lines of a text, each cut into its spans. */
export function lines(text: string, template: string): Span[][] {
  const out: Span[][] = [[]];
  const put = (kind: Kind, piece: string) => {
    piece.split('\n').forEach((part, i) => {
      if (i > 0) out.push([]);
      if (part) out[out.length - 1]?.push({ kind, text: part });
    });
  };
  let at = 0;
  for (const token of tokens(text, template)) {
    put('text', text.slice(at, token.from));
    put(token.kind, text.slice(token.from, token.to));
    at = token.to;
  }
  put('text', text.slice(at));
  return out;
}
