/** Who is told of what happens. Names of queries as in `queries.ts`. */
import { queryOptions } from '@tanstack/svelte-query';
import { session } from '../state/session.svelte';
import { api, ask } from './client';
import { walk } from './queries';
import type { Delivery, Webhook, WebhookSecret } from './types';

export const webhooks = () =>
  queryOptions({ queryKey: [session.project, 'webhooks', null], queryFn: () => ask(api.GET('/api/v1/webhooks')) });

const path = (id: string) => ({ params: { path: { id } } });

/** Every attempt, newest first. */
export const deliveries = (id: string) =>
  walk(['deliveries', null, id], {}, (query) => ask(api.GET('/api/v1/webhooks/{id}/deliveries', { params: { path: { id }, query } })), 20);

export const createWebhook = (body: { url: string; events?: string[] }): Promise<WebhookSecret> => ask(api.POST('/api/v1/webhooks', { body }));
type Change = { url?: string; events?: string[]; enabled?: boolean; skip?: boolean };
export const changeWebhook = (id: string, body: Change): Promise<Webhook> => ask(api.PATCH('/api/v1/webhooks/{id}', { ...path(id), body }));
export const rotateWebhook = (id: string): Promise<WebhookSecret> => ask(api.POST('/api/v1/webhooks/{id}/rotate', path(id)));
export const testWebhook = (id: string): Promise<Delivery> => ask(api.POST('/api/v1/webhooks/{id}/test', path(id)));
export const resend = (id: string, delivery: string): Promise<Delivery> =>
  ask(api.POST('/api/v1/webhooks/{id}/deliveries/{delivery}/resend', { params: { path: { id, delivery } } }));
export const deleteWebhook = async (id: string): Promise<void> => {
  await ask(api.DELETE('/api/v1/webhooks/{id}', path(id)));
};
