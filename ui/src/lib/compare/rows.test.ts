import { describe, expect, test } from 'vitest';
import type { Hunk, Line } from '../api/types';
import { linesOf, pieces, shown, sideBySide, unified, unskipped, type Row, type Skip } from './rows';

const line = (kind: string, from: number | null, to: number | null, text: string): Line => ({ kind, from, to, pieces: [{ text: `${text}\n`, changed: kind !== 'context' }] });
const hunk = (lines: Line[], from = 1, to = 1): Hunk => ({
  from_start: from,
  from_lines: lines.filter((one) => one.kind !== 'added').length,
  to_start: to,
  to_lines: lines.filter((one) => one.kind !== 'removed').length,
  lines,
});
const side = (row: Row) => [row.left?.line, row.right?.line];

describe('rows of a difference', () => {
  const mixed = hunk([
    line('context', 1, 1, 'a'),
    line('removed', 2, null, 'b'),
    line('added', null, 2, 'B'),
    line('added', null, 3, 'C'),
    line('context', 3, 4, 'd'),
    line('removed', 4, null, 'e'),
  ]);

  test('side by side, the shorter side gets gaps', () => {
    expect(sideBySide(mixed).map(side)).toEqual([[1, 1], [2, 2], [undefined, 3], [3, 4], [4, undefined]]);
  });

  test('a difference is entered once, however many lines it has', () => {
    expect(sideBySide(mixed).map((row) => row.first)).toEqual([false, true, false, false, true]);
    expect(unified(mixed).map((row) => row.first)).toEqual([false, true, false, false, false, true]);
  });

  test('one below the other', () => {
    expect(unified(mixed).map(side)).toEqual([[1, 1], [2, undefined], [undefined, 2], [undefined, 3], [3, 4], [4, undefined]]);
  });

  test('what lies before, between and after hunks is skipped and counted', () => {
    const hunks = [hunk([line('added', null, 4, 'x')], 4, 4), hunk([line('context', 9, 10, 'y')], 9, 10)];
    const skips = shown(hunks, 'split', 12).filter((row): row is Skip => row.kind === 'skip');
    expect(skips).toEqual([
      { kind: 'skip', at: 1, from: 1, lines: 3 },
      { kind: 'skip', at: 5, from: 4, lines: 5 },
      { kind: 'skip', at: 11, from: 10, lines: 2 },
    ]);
    expect(shown(hunks, 'split').at(-1)).not.toMatchObject({ kind: 'skip' });
    expect(shown([], 'split', 5)).toEqual([]);
  });

  test('skipped lines come back with the numbers of both sides', () => {
    const rows = unskipped({ kind: 'skip', at: 3, from: 2, lines: 2 }, ['a', 'b', 'c', '', 'e']);
    expect(rows.map(side)).toEqual([[2, 3], [3, 4]]);
    expect(rows[0]?.left?.pieces).toEqual([{ text: 'c', mark: false }]);
    expect(rows[1]?.left?.pieces).toEqual([]);
  });
});

describe('pieces of a line', () => {
  const of = (...given: [string, boolean][]) => pieces({ kind: 'removed', from: 1, to: null, pieces: given.map(([text, changed]) => ({ text, changed })) });

  test.each([
    ['the end of the line is not shown', of(['a ', false], ['b\n', true]), [{ text: 'a ', mark: false }, { text: 'b', mark: true }]],
    ['unless it alone differs', of(['a', false], ['\n', true]), [{ text: 'a', mark: false }, { text: '↵', mark: true }]],
    ['also that of another system', of(['a', false], ['\r\n', true]), [{ text: 'a', mark: false }, { text: '␍↵', mark: true }]],
    ['an empty line has nothing to mark', of(['\n', true]), []],
    ['text is kept as it is', of(['<b>\t é', true]), [{ text: '<b>\t é', mark: true }]],
  ])('%s', (_, got, wanted) => expect(got).toEqual(wanted));

  test('lines are counted as a comparison counts them', () => {
    expect([linesOf(''), linesOf('a'), linesOf('a\n'), linesOf('a\r\n\nb')]).toEqual([[], ['a'], ['a'], ['a', '', 'b']]);
  });
});
