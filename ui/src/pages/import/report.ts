import type { Imported } from '$lib/api/files';
import { many } from '$lib/format/text';
import { listed } from '$lib/words/detail';

/** Whether an import would change anything. */
export const changes = (report: Imported): boolean => report.created + report.prompts_created + report.prompts_updated + report.activated + (report.pending ?? 0) > 0;

/** What would happen, or happened, in a sentence. */
export function summary(report: Imported): string {
  const parts = [
    report.prompts_created > 0 ? many(report.prompts_created, 'new prompt') : '',
    report.created > 0 ? many(report.created, 'new version') : '',
    report.prompts_updated > 0 ? `${many(report.prompts_updated, 'prompt')} with something else changed` : '',
    report.activated > 0 ? `${many(report.activated, 'version')} made live` : '',
    report.pending ? `${many(report.pending, 'version')} that ${report.pending === 1 ? 'waits' : 'wait'} for approval` : '',
  ].filter(Boolean);
  return parts.length > 0 ? listed(parts) : '';
}

/** What the button does. */
export function command(report: Imported): string {
  if (report.created > 0) return `Import ${many(report.created, 'version')}`;
  if (report.prompts_created > 0) return `Import ${many(report.prompts_created, 'prompt')}`;
  if (report.prompts_updated === 0 && report.activated === 0 && report.pending) return `Request ${many(report.pending, 'approval')}`;
  return report.prompts_updated > 0 ? `Change ${many(report.prompts_updated, 'prompt')}` : `Make ${many(report.activated, 'version')} live`;
}

/** Gzip begins with these two bytes; what does not is another kind of file. */
export async function isGzip(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}
