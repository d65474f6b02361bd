/**
 * Where in a rendered text the values stand that were put in. The server sends the text alone; so a value is marked where it
 * stands between the same words as its variable does in the template. What cannot be told is not marked.
 */
import { tokens } from '../template/tokens';

export type Piece = { text: string; value: boolean };

const AROUND = 24;
const SIMPLE = /^\{\{?[-+]?\s*([A-Za-z_][\w.]*)\s*[-+]?\}\}?$/;

export function marks(templates: readonly string[], template: string, output: string, values: Record<string, unknown>): Piece[] {
  const spans: { from: number; to: number }[] = [];
  for (const text of templates) {
    const cut = tokens(text, template);
    cut.forEach((token, i) => {
      const path = token.kind === 'var' ? SIMPLE.exec(text.slice(token.from, token.to))?.[1] : undefined;
      const value = path === undefined ? undefined : at(values, path);
      if (value === undefined || value === '') return;
      const before = text.slice(Math.max(cut[i - 1]?.to ?? 0, token.from - AROUND), token.from);
      const after = text.slice(token.to, Math.min(cut[i + 1]?.from ?? text.length, token.to + AROUND));
      for (let from = output.indexOf(before + value + after); from >= 0; from = output.indexOf(before + value + after, from + 1)) {
        const start = from + before.length;
        spans.push({ from: start, to: start + value.length });
        if (before === '' && after === '' && value.length < 3) break;
      }
    });
  }
  spans.sort((a, b) => a.from - b.from || b.to - a.to);
  const pieces: Piece[] = [];
  let end = 0;
  for (const { from, to } of spans) {
    if (from < end) continue;
    if (from > end) pieces.push({ text: output.slice(end, from), value: false });
    pieces.push({ text: output.slice(from, to), value: true });
    end = to;
  }
  if (end < output.length || pieces.length === 0) pieces.push({ text: output.slice(end), value: false });
  return pieces;
}

function at(values: Record<string, unknown>, path: string): string | undefined {
  let value: unknown = values;
  for (const field of path.split('.')) value = value !== null && typeof value === 'object' && Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

const CHARS_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 4;

/**
 * Tokens of each block, as the server estimates the whole; nothing for a slot. `given`: how many messages each slot was given.
 * Absent where the messages do not belong to the blocks any more.
 */
export function weights(blocks: readonly (string | { slot: number })[], rendered: readonly string[]): (number | undefined)[] {
  const wanted = blocks.reduce((sum, block) => sum + (typeof block === 'string' ? 1 : block.slot), 0);
  if (wanted !== rendered.length) return [];
  let next = 0;
  return blocks.map((block) => {
    if (typeof block !== 'string') {
      next += block.slot;
      return undefined;
    }
    return Math.ceil([...(rendered[next++] ?? '')].length / CHARS_PER_TOKEN) + TOKENS_PER_MESSAGE;
  });
}
