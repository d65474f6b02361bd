/** People of a project and the keys that they own. */
import { queryOptions } from '@tanstack/svelte-query';
import { session, type Role } from '../state/session.svelte';
import { headers, sender } from './client';
import { Problem } from './problem';
import type { CreatedKey, Key } from './types';

export type Member = {
  id: string;
  email: string;
  name: string;
  roles: Role[];
  instance_admin: boolean;
  /** `invited` until a password is set. */
  status: 'active' | 'invited';
  last_seen: string | null;
  created_at: string;
  /** Valid keys of this project that the person owns. */
  keys: number;
};
/** Valid once, for 72 hours; the address is null while the server does not know its own. */
export type Link = { link: string; link_url: string | null; expires_at?: string };
export type Added = Member & { link: string | null; link_url: string | null };

export type Owner = { id: string; name: string };
export type OwnedKey = Key & { user?: Owner | null };
export type NewOwnedKey = { name: string; scopes: string[]; environment?: string; expires_at?: string; user?: string | null };

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: { ...headers(method), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => ({ title: response.statusText }));
  if (response.ok) return answer as T;
  if (response.status === 401) sender.onSignedOut();
  throw new Problem(response.status, answer as Record<string, unknown>);
}

export const people = () =>
  queryOptions({
    queryKey: [session.project, 'users', null],
    queryFn: () => send<{ items: Member[]; total?: number | null }>('GET', '/users?limit=200'),
  });

export const addPerson = (person: { email: string; name?: string; roles: Role[] }) => send<Added>('POST', '/users', person);
export const changePerson = (id: string, change: { roles?: Role[]; name?: string }) => send<Member>('PATCH', `/users/${encodeURIComponent(id)}`, change);
export const removePerson = (id: string) => send<undefined>('DELETE', `/users/${encodeURIComponent(id)}`);
export const newLink = (id: string) => send<Link>('POST', `/users/${encodeURIComponent(id)}/link`);
export const makeKey = (key: NewOwnedKey) => send<CreatedKey & { user?: Owner | null }>('POST', '/keys', key);

/** The whole address, as far as anybody knows it. */
export const address = (link: { link: string; link_url: string | null }): string => link.link_url ?? new URL(link.link, location.origin).href;
