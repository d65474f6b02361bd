import type { Delivery, Webhook } from '$lib/api/types';
import { count } from '$lib/format/text';

export type Standing = 'off' | 'stopped' | 'failing' | 'on';

export const standing = (webhook: Webhook): Standing =>
  webhook.enabled ? (webhook.failing_since ? 'failing' : 'on') : webhook.stopped_why ? 'stopped' : 'off';

/** `*` is not a word. */
export const wanted = (events: readonly string[]): string => (events.includes('*') ? 'everything' : events.join(', '));

/** What was typed, one event a line or with commas; nothing: all. */
export const eventsOf = (text: string): string[] | undefined => {
  const names = text.split(/[\s,]+/).filter(Boolean);
  return names.length > 0 ? names : undefined;
};

export const outcome = ({ event, error, took_ms }: Delivery): string =>
  error ? `${event} was not taken: ${error}` : `${event} was taken after ${count(took_ms)} ms`;
