import { afterEach, expect, test, vi } from 'vitest';
import { empty } from './draft';
import { dropDraft, keepDraft, keptAt, nameOf, readDraft, recallDraft } from './kept';

const name = nameOf('u1', 'default', 'support/reply');
const kept = { draft: empty('chat'), base: '1.0.0', values: { a: '1.0' }, seen: 3, at: '2026-11-20T18:02:00Z', tab: 't' };

afterEach(() => vi.restoreAllMocks());

test('comes back as it was, and goes', () => {
  expect(keepDraft(name, kept)).toBe(true);
  expect(recallDraft(name)).toEqual(kept);
  expect(recallDraft(nameOf('u2', 'default', 'support/reply'))).toBeUndefined();
  dropDraft(name);
  expect(recallDraft(name)).toBeUndefined();
});

test('a browser that is full says so', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  expect(keepDraft(name, kept)).toBe(false);
});

test('what is not a draft is none', () => {
  for (const text of [null, '', '{', '{"form":1}', '{"form":99,"draft":{"blocks":[{}]}}', '{"form":1,"draft":{"blocks":[]}}']) expect(readDraft(text)).toBeUndefined();
});

test('the time, with the date on another day', () => {
  expect(keptAt('2026-11-20T18:02:00', new Date('2026-11-20T19:00:00').getTime())).toBe('18:02');
  expect(keptAt('2026-11-20T18:02:00', new Date('2026-11-21T19:00:00').getTime())).toBe('20 Nov, 18:02');
});
