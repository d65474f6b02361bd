import { expect, test } from 'vitest';
import { clipped, keptWords, shown } from './body';

test('a text is a text, messages are messages, everything else is JSON', () => {
  expect(shown(null)).toEqual({ kind: 'none' });
  expect(shown('<b>x</b>')).toEqual({ kind: 'text', text: '<b>x</b>' });
  expect(shown([{ role: 'user', content: 'Hi' }])).toEqual({ kind: 'messages', messages: [{ role: 'user', text: 'Hi' }] });
  expect(shown({ role: 'assistant', content: 'Hi' })).toMatchObject({ kind: 'messages' });
  expect(shown([{ role: 'user' }])).toMatchObject({ kind: 'text' });
  expect(shown([])).toEqual({ kind: 'text', text: '[]' });
  expect(shown(0)).toEqual({ kind: 'text', text: '0' });
});

test('what a message has beside its text is not hidden', () => {
  const found = shown([{ role: 'assistant', content: null, tool_calls: [{ id: 'x' }] }]);
  expect(JSON.stringify(found)).toContain('tool_calls');
});

test('long text is cut between characters', () => {
  expect(clipped('abc', 3)).toBe('abc');
  expect(clipped('abcd', 3)).toBe('abc');
  expect(clipped('ab😀d', 3)).toBe('ab');
});

test('what was done to bodies is said', () => {
  expect(keptWords('dropped').none).toContain('stores no bodies');
  expect(keptWords('redacted').note).toContain('replaced');
  expect(keptWords(null)).toEqual({ none: 'Not sent.', note: '' });
});
