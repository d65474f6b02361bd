import { describe, expect, test } from 'vitest';
import type { Imported } from '$lib/api/files';
import { changes, command, isGzip, summary } from './report';

const report = (given: Partial<Imported>): Imported =>
  ({ created: 0, unchanged: 0, prompts_created: 0, prompts_updated: 0, activated: 0, refused: [], skipped: [], warnings: [], ...given });

describe('what an import does, in words', () => {
  test.each<[Partial<Imported>, string, string]>([
    [{ prompts_created: 1, created: 2 }, '1 new prompt and 2 new versions', 'Import 2 versions'],
    [{ prompts_created: 3 }, '3 new prompts', 'Import 3 prompts'],
    [{ prompts_updated: 1 }, '1 prompt with something else changed', 'Change 1 prompt'],
    [{ activated: 2 }, '2 versions made live', 'Make 2 versions live'],
    [{ pending: 1 }, '1 version that waits for approval', 'Request 1 approval'],
  ])('%j', (given, said, button) => {
    expect(changes(report(given))).toBe(true);
    expect(summary(report(given))).toBe(said);
    expect(command(report(given))).toBe(button);
  });

  test('what is there already changes nothing', () => {
    expect(changes(report({ unchanged: 32, warnings: [{ path: 'a', detail: 'b' }] }))).toBe(false);
    expect(summary(report({ unchanged: 32 }))).toBe('');
  });
});

test('only gzip is an archive', async () => {
  const bytes = (...all: number[]) => ({ slice: () => ({ arrayBuffer: () => Promise.resolve(new Uint8Array(all).buffer) }) }) as unknown as Blob;
  expect(await isGzip(bytes(0x1f, 0x8b))).toBe(true);
  expect(await isGzip(bytes(0x50, 0x4b))).toBe(false);
  expect(await isGzip(bytes())).toBe(false);
});
