import type { AuditEntry } from '$lib/api/types';

export type Format = 'ndjson' | 'csv';
/** What one file holds at most; a browser has it in memory. */
export const MOST = 50_000;

const COLUMNS = ['n', 'at', 'actor', 'actor_name', 'action', 'prompt', 'environment', 'address', 'request_id', 'detail', 'hash'] as const;

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value as string | number);
  // A spreadsheet would run what begins so as a formula; an apostrophe makes it text.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of a file, without its head. */
export const lines = (entries: readonly AuditEntry[], format: Format): string =>
  entries.map((entry) => `${format === 'csv' ? COLUMNS.map((name) => cell(entry[name])).join(',') : JSON.stringify(entry)}\n`).join('');

export const head = (format: Format): string => (format === 'csv' ? `${COLUMNS.join(',')}\n` : '');

type Page = { items: readonly AuditEntry[]; next_cursor?: string | null };

/** Walks all pages, as far as one file goes. `told` hears how many there are; it answers whether to go on. */
export async function walk(page: (cursor: string | undefined) => Promise<Page>, format: Format, told: (found: number) => boolean, most = MOST): Promise<{ parts: string[]; found: number; cut: boolean; stopped: boolean }> {
  const parts = [head(format)];
  let [found, cursor] = [0, undefined as string | undefined];
  for (;;) {
    const { items, next_cursor: next } = await page(cursor);
    const taken = items.slice(0, most - found);
    parts.push(lines(taken, format));
    found += taken.length;
    const cut = taken.length < items.length || (found >= most && Boolean(next));
    if (!told(found)) return { parts, found, cut, stopped: true };
    if (!next || cut) return { parts, found, cut, stopped: false };
    cursor = next;
  }
}
