/** People of a project, their one-time links, and keys with an owner. */
import { queryOptions } from '@tanstack/svelte-query';
import { session, type Role } from '../state/session.svelte';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Member = Omit<Schemas['User'], 'roles'> & { roles: Role[] };
/** `link` is null for somebody who has a password already. */
export type Added = Schemas['CreatedUser'];
/** Valid once, for 72 hours; the address is null while the server does not know its own. */
export type Link = Schemas['UserLink'];

export const people = () =>
  queryOptions({
    queryKey: [session.project, 'users', null],
    queryFn: async () => {
      const page = await ask(api.GET('/api/v1/users', { params: { query: { limit: 200 } } }));
      return { items: page.items as Member[], total: page.total };
    },
  });

const path = (id: string) => ({ params: { path: { id } } });

export const addPerson = (body: Schemas['NewUser']) => ask(api.POST('/api/v1/users', { body }));
export const changePerson = (id: string, body: Schemas['PatchUser']) => ask(api.PATCH('/api/v1/users/{id}', { ...path(id), body }));
export const removePerson = (id: string) => ask(api.DELETE('/api/v1/users/{id}', path(id)));
export const newLink = (id: string) => ask(api.POST('/api/v1/users/{id}/link', path(id)));

/** The whole address, as far as anybody knows it. */
export const address = (link: { link: string; link_url?: string | null }): string => link.link_url ?? new URL(link.link, location.origin).href;
