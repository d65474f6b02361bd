/** What the editor asks of the server. Versions travel as text, so that numbers stay as they were written. */
import { api, ask } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { NewVersion, RenderOutput, Version } from '$lib/api/types';
import { body, fromVersion, type Draft } from '$lib/editor/draft';

export type Base = { version: string; sequence: number; author: string; draft: Draft };

/** The parts of a request that is written as text are not looked at: `text` is what is sent. */
const sent = (text: string) => ({ body: { content: '' } as NewVersion, bodySerializer: () => text });

export async function loadBase(name: string, reference: string): Promise<Base> {
  const text = (await ask(api.GET('/api/v1/prompts/{name}/versions/{reference}', { params: { path: { name, reference } }, parseAs: 'text' }))) as unknown as string;
  const { version, sequence, author } = JSON.parse(text) as Version;
  return { version, sequence, author, draft: fromVersion(text) };
}

export type Flags = { dry_run?: boolean; bump?: string; allow_breaking?: boolean; allow_duplicate?: boolean; allow_secret?: string; note?: string };

export const create = (name: string, draft: Draft, names: readonly string[] | undefined, flags: Flags, signal?: AbortSignal): Promise<Version> =>
  ask(api.POST('/api/v1/prompts/{name}/versions', { params: { path: { name } }, ...sent(body(draft, names, flags)), signal }));

/** The variables as the server finds them, also those that what is included requires. */
export async function findNames(name: string, draft: Draft, signal: AbortSignal): Promise<string[]> {
  const bare = { ...draft, settings: [] };
  const version = await create(name, bare, undefined, { dry_run: true, allow_duplicate: true, allow_secret: 'Only looked at' }, signal);
  return version.variables.map((variable) => variable.name);
}

export async function render(draft: Draft, names: readonly string[], values: string, signal: AbortSignal): Promise<RenderOutput> {
  const text = `{"version":${body(draft, names)},"kind":"${draft.kind}","variables":${values}}`;
  return ask(api.POST('/api/v1/render', { body: { version: { content: '' } }, bodySerializer: () => text, signal }));
}

/** Nothing where it cannot be rendered with these values. */
export async function renderStored(name: string, reference: string, values: string, signal: AbortSignal): Promise<RenderOutput | undefined> {
  try {
    const path = { name, reference };
    return await ask(api.POST('/api/v1/prompts/{name}/versions/{reference}/render', { params: { path }, body: {}, bodySerializer: () => `{"variables":${values}}`, signal }));
  } catch {
    return undefined;
  }
}

/** Whether it only means that the server cannot answer now. */
export const away = (thrown: unknown): boolean => {
  const { status } = Problem.from(thrown);
  return status === 0 || status === 503 || status === 502 || status === 504;
};
