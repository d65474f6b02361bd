/** Unsaved text, kept in this browser until it is saved or discarded. */
import { keep, recall } from '../state/stored';
import type { Draft } from './draft';

export type Kept = {
  draft: Draft;
  /** The number of the version that it began from; null: there was none. */
  base: string | null;
  values: Record<string, string>;
  /** The newest version that was known of then. */
  seen: number;
  at: string;
  /** The tab that wrote it last. */
  tab: string;
};

const FORM = 1;
/** Tells the tabs of one browser apart. */
export const TAB = Math.random().toString(36).slice(2);

export const nameOf = (user: string, project: string, prompt: string): string => `draft.${[user, project, prompt].map(encodeURIComponent).join('.')}`;

/** Answers whether the browser kept it. */
export const keepDraft = (name: string, kept: Kept): boolean => keep(name, JSON.stringify({ form: FORM, ...kept }));

export const dropDraft = (name: string): boolean => keep(name, null);

/** What another version of this page wrote in another form is left alone. */
export function readDraft(json: string | null): Kept | undefined {
  if (!json) return undefined;
  try {
    const read = JSON.parse(json) as Partial<Kept> & { form?: number };
    if (read.form !== FORM || !read.draft || !Array.isArray(read.draft.blocks) || read.draft.blocks.length === 0) return undefined;
    return { draft: read.draft, base: read.base ?? null, values: read.values ?? {}, seen: read.seen ?? 0, at: read.at ?? '', tab: read.tab ?? '' };
  } catch {
    return undefined;
  }
}

export const recallDraft = (name: string): Kept | undefined => readDraft(recall(name));

/** `18:02`; another day with its date. */
export function keptAt(at: string, now: number): string {
  const then = new Date(at);
  const time = then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const today = new Date(now).toDateString() === then.toDateString();
  return today ? time : `${then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${time}`;
}
