import type { Hunk, Line } from '../api/types';

/** `mark`: a word that differs; `↵` where it is the end of the line that differs. */
export type Piece = { text: string; mark: boolean };
export type Cell = { line: number; pieces: readonly Piece[]; changed: boolean };
/** `first`: a difference begins here. A side that is left out is a gap. */
export type Row = { kind: 'line'; left?: Cell; right?: Cell; first: boolean };
/** Equal lines that are not shown; `at` is the first of them in the newer text, and `from` in the older. */
export type Skip = { kind: 'skip'; at: number; from: number; lines: number };
export type Shown = Row | Skip;

const LINE_END = /\r?\n$/;

/** The pieces of a line without its end, unless the end is what differs. */
export function pieces(line: Line): Piece[] {
  const whole = line.pieces.every((piece) => piece.changed === line.pieces[0]?.changed);
  const out: Piece[] = [];
  line.pieces.forEach((piece, i) => {
    const end = i === line.pieces.length - 1 ? (LINE_END.exec(piece.text)?.[0] ?? '') : '';
    const text = piece.text.slice(0, piece.text.length - end.length);
    if (text) out.push({ text, mark: piece.changed });
    else if (end && piece.changed && !whole) out.push({ text: end.startsWith('\r') ? '␍↵' : '↵', mark: true });
  });
  return out;
}

const cell = (line: Line, number: number | null | undefined): Cell => ({ line: number ?? 0, pieces: pieces(line), changed: line.kind !== 'context' });

/** Puts what was removed beside what was added in its place; the shorter of the two gets gaps. */
export function sideBySide(hunk: Hunk): Row[] {
  const rows: Row[] = [];
  let removed: Cell[] = [];
  let added: Cell[] = [];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) rows.push({ kind: 'line', left: removed[i], right: added[i], first: i === 0 });
    removed = [];
    added = [];
  };
  for (const line of hunk.lines) {
    if (line.kind === 'removed') removed.push(cell(line, line.from));
    else if (line.kind === 'added') added.push(cell(line, line.to));
    else {
      flush();
      rows.push({ kind: 'line', left: cell(line, line.from), right: cell(line, line.to), first: false });
    }
  }
  flush();
  return rows;
}

/** One below the other: a row has one side, or both if they are equal. */
export function unified(hunk: Hunk): Row[] {
  let changing = false;
  return hunk.lines.map((line) => {
    const changed = line.kind !== 'context';
    const first = changed && !changing;
    changing = changed;
    return {
      kind: 'line',
      left: line.kind === 'added' ? undefined : cell(line, line.from),
      right: line.kind === 'removed' ? undefined : cell(line, line.to),
      first,
    };
  });
}

export type View = 'split' | 'unified';

/** All rows of a text, with what is skipped between the hunks. `total`: how many lines the newer text has. */
export function shown(hunks: readonly Hunk[], view: View, total?: number): Shown[] {
  const out: Shown[] = [];
  let [at, from] = [1, 1];
  const skip = (until: number) => {
    if (until > at) out.push({ kind: 'skip', at, from, lines: until - at });
  };
  for (const hunk of hunks) {
    skip(hunk.to_start);
    out.push(...(view === 'split' ? sideBySide(hunk) : unified(hunk)));
    at = hunk.to_start + hunk.to_lines;
    from = hunk.from_start + hunk.from_lines;
  }
  if (total !== undefined && hunks.length > 0) skip(total + 1);
  return out;
}

/** The rows of lines that were skipped, from the newer text. */
export function unskipped(skip: Skip, lines: readonly string[]): Row[] {
  return lines.slice(skip.at - 1, skip.at - 1 + skip.lines).map((text, i) => {
    const pieces = text ? [{ text, mark: false }] : [];
    return { kind: 'line', left: { line: skip.from + i, pieces, changed: false }, right: { line: skip.at + i, pieces, changed: false }, first: false };
  });
}

/** Lines of a text as a comparison counts them: a line end at the end begins no further line. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
