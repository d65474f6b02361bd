import createClient from 'openapi-fetch';
import type { paths } from './schema';
import { Problem } from './problem';

/** Set by the session: how every request says who asks, and for which project. */
export const sender = { csrf: null as string | null, project: null as string | null, onSignedOut: () => {} };

export const api = createClient<paths>({ baseUrl: '/' });

/** The headers that a request of this page carries. */
export function headers(method: string): Record<string, string> {
  const sent: Record<string, string> = {};
  if (sender.project) sent['X-Project'] = sender.project;
  if (sender.csrf && method !== 'GET' && method !== 'HEAD') sent['X-CSRF-Token'] = sender.csrf;
  return sent;
}

api.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headers(request.method))) request.headers.set(name, value);
    return request;
  },
  onError() {
    return Problem.unreachable();
  },
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The answer, or a thrown {@link Problem}. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  const body = error && typeof error === 'object' ? (error as Record<string, unknown>) : {};
  const problem = new Problem(response.status, { title: response.statusText, ...body });
  if (problem.status === 401 && !response.url.includes('/api/v1/session')) sender.onSignedOut();
  throw problem;
}
