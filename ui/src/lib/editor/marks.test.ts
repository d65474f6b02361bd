import { expect, test } from 'vitest';
import { marks, weights } from './marks';

const shown = (template: string, output: string, values: Record<string, unknown>) =>
  marks([template], 'jinja', output, values).map((piece) => (piece.value ? `[${piece.text}]` : piece.text)).join('');

test('values stand out where they were put in', () => {
  expect(shown('Order {{ id }}\n{{ t.at }}: {{ t.text }}', 'Order A-1\nnow: A-1 broke', { id: 'A-1', t: { at: 'now', text: 'A-1 broke' } })).toBe('Order [A-1]\n[now]: [A-1 broke]');
});

test('the same word elsewhere does not', () => {
  expect(shown('Tone: {{ tone }}.\nIf brief, stop.', 'Tone: brief.\nIf brief, stop.', { tone: 'brief' })).toBe('Tone: [brief].\nIf brief, stop.');
});

test('what cannot be told is plain', () => {
  expect(shown('{{ a | upper }}', 'X', { a: 'x' })).toBe('X');
  expect(shown('Hi {{ a }}', 'Hi ', {})).toBe('Hi ');
  expect(shown('', '', {})).toBe('');
});

test('tokens of each message', () => {
  expect(weights(['a', { slot: 2 }, 'b'], ['12345678', 'h', 'h', '1'])).toEqual([6, undefined, 5]);
  expect(weights(['a'], [])).toEqual([]);
});
