/** The project as an archive of files: bytes, so no JSON client. */
import { headers, sender } from './client';
import { Problem } from './problem';
import type { components } from './schema';

export type Imported = components['schemas']['Imported'];
export type ImportChoices = { dryRun?: boolean; activate?: boolean; template?: string; allowSecret?: string };

export async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  if (response.status === 401) sender.onSignedOut();
  throw new Problem(response.status, (await response.json().catch(() => ({ title: response.statusText }))) as Record<string, unknown>);
}

/** Hands a file to the browser, which keeps it where downloads go. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Answers how many bytes it has. */
export async function exportProject(project: string): Promise<number> {
  const response = await checked(await fetch('/api/v1/export', { headers: headers('GET') }));
  const content = await response.blob();
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  download(name ?? `promptory-${project}.tar.gz`, content);
  return content.size;
}

/** With `dryRun` it says what would happen, and nothing is changed. */
export async function importFiles(file: Blob, choices: ImportChoices): Promise<Imported> {
  const query = new URLSearchParams();
  if (choices.dryRun) query.set('dry_run', 'true');
  if (choices.activate) query.set('activate', 'true');
  if (choices.template) query.set('template', choices.template);
  if (choices.allowSecret) query.set('allow_secret', choices.allowSecret);
  const sent = { ...headers('POST'), 'Content-Type': 'application/gzip' };
  const response = await checked(await fetch(`/api/v1/import?${query.toString()}`, { method: 'POST', headers: sent, body: file }));
  return (await response.json()) as Imported;
}
