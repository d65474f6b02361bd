import { ADMIN_KEY } from './program';

export type Role = 'viewer' | 'editor' | 'approver' | 'operator' | 'admin';

/** Somebody with an account. */
export type Person = { id: string; name: string; email: string; password: string };

export const PASSWORD = 'a long enough password';

/** The server as the command line sees it: for what a test needs to be there before it looks. */
export class Api {
  constructor(private readonly url: string) {}

  async ask<T>(method: string, path: string, body?: unknown, key: string | null = ADMIN_KEY): Promise<T> {
    const headers: Record<string, string> = {};
    if (key) headers.Authorization = `Bearer ${key}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const response = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** A prompt with its first version, or one more version of it; live where `activate` says. */
  async publish(prompt: string, content: unknown, more: { activate?: string; note?: string } & Record<string, unknown> = {}): Promise<{ version: string }> {
    const version = { content, ...more };
    const there = await fetch(`${this.url}/api/v1${at(prompt)}`, { headers: { Authorization: `Bearer ${ADMIN_KEY}` } });
    if (there.ok) return this.ask('POST', `${at(prompt)}/versions`, version);
    const kind = Array.isArray(content) ? 'chat' : 'text';
    await this.ask('POST', '/prompts', { name: prompt, kind, version });
    return this.ask('GET', `${at(prompt)}/versions/latest`);
  }

  async activate(prompt: string, version: string, environment: string): Promise<void> {
    await this.ask('POST', `${at(prompt)}/activate`, { version, environment });
  }

  /** A member who has spent the link of the invitation. */
  async person(roles: Role[], name = roles.join(' ')): Promise<Person> {
    const email = `${name.toLowerCase().replace(/[^a-z0-9]+/g, '.')}@example.com`;
    const { id, link } = await this.invite(roles, name, email);
    const token = link.split('#link=')[1];
    await this.ask('POST', '/session/link', { token, password: PASSWORD }, null);
    return { id, name, email, password: PASSWORD };
  }

  /** Answers the path of the one-time link. */
  invite(roles: Role[], name: string, email: string): Promise<{ id: string; link: string }> {
    return this.ask('POST', '/users', { email, name, roles });
  }
}

const at = (prompt: string) => `/prompts/${encodeURIComponent(prompt)}`;
