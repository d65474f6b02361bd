import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '$lib/api/types';
import { head, lines, walk } from './export';

const entry = (n: number, more: Partial<Record<keyof AuditEntry, unknown>> = {}): AuditEntry =>
  ({ n, at: '2026-11-20T00:00:00Z', actor: 'key:1', actor_name: 'Ada', action: 'denied', detail: {}, hash: 'h', ...more }) as AuditEntry;

describe('the audit log as a file', () => {
  test('one line an entry, as the server gave it', () => {
    expect(lines([entry(2), entry(1)], 'ndjson').split('\n')).toEqual([JSON.stringify(entry(2)), JSON.stringify(entry(1)), '']);
  });

  test('CSV quotes what would break it and starts no formula', () => {
    const row = lines([entry(1, { actor_name: '=HYPERLINK("x")', prompt: 'a,b', detail: { note: 'two\nlines' } })], 'csv');
    expect(head('csv')).toBe('n,at,actor,actor_name,action,prompt,environment,address,request_id,detail,hash\n');
    expect(row).toBe(`1,2026-11-20T00:00:00Z,key:1,"'=HYPERLINK(""x"")",denied,"a,b",,,,"{""note"":""two\\nlines""}",h\n`);
  });

  const pages = (size: number, count: number) => (cursor: string | undefined) => {
    const from = Number(cursor ?? 0);
    const items = Array.from({ length: Math.min(size, count - from) }, (_, i) => entry(from + i));
    return Promise.resolve({ items, next_cursor: from + size < count ? String(from + size) : null });
  };

  test('walks to the end, or to the limit and says so, or until it is stopped', async () => {
    expect(await walk(pages(2, 5), 'ndjson', () => true)).toMatchObject({ found: 5, cut: false, stopped: false });
    expect(await walk(pages(2, 5), 'ndjson', () => true, 3)).toMatchObject({ found: 3, cut: true, stopped: false });
    expect(await walk(pages(2, 4), 'ndjson', () => true, 4)).toMatchObject({ found: 4, cut: false });
    expect(await walk(pages(2, 5), 'ndjson', (found) => found < 4)).toMatchObject({ found: 4, stopped: true });
    expect((await walk(pages(2, 3), 'ndjson', () => true)).parts.join('').trim().split('\n')).toHaveLength(3);
  });
});
