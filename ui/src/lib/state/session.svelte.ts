import { sender } from '../api/client';
import { Problem } from '../api/problem';

export type Role = 'viewer' | 'editor' | 'approver' | 'operator' | 'admin';
export type Person = { id: string; email: string; name: string; instance_admin: boolean };
export type Membership = { id: string; name: string; roles: Role[] };
export type SessionBody = {
  setup: boolean;
  user: Person | null;
  csrf: string | null;
  projects: Membership[];
  version: string;
};

/** What a person may do; the server decides, the page only does not offer what it would refuse. */
export type Right = 'write' | 'deploy' | 'approve' | 'admin';

const RIGHTS: Record<Right, readonly Role[]> = {
  write: ['editor', 'admin'],
  deploy: ['operator', 'admin'],
  approve: ['approver', 'admin'],
  admin: ['admin'],
};

class Session {
  state = $state<'loading' | 'out' | 'in' | 'failed'>('loading');
  problem = $state.raw<Problem | undefined>();
  body = $state.raw<SessionBody | undefined>();
  /** The project of the address. */
  project = $state('');
  readonly user = $derived(this.body?.user ?? null);
  readonly membership = $derived(this.body?.projects.find((project) => project.name === this.project));
  readonly roles = $derived<readonly Role[]>(this.user?.instance_admin ? ['admin'] : (this.membership?.roles ?? []));

  constructor() {
    sender.onSignedOut = () => this.ended();
  }

  /** Chosen before any query of the page runs. */
  choose(project: string): void {
    if (sender.project === project && this.project === project) return;
    sender.project = project;
    this.project = project;
  }

  can(right: Right): boolean {
    return this.roles.some((role) => RIGHTS[right].includes(role));
  }

  async load(): Promise<void> {
    try {
      this.accept(await send('GET', ''));
    } catch (thrown) {
      this.problem = Problem.from(thrown);
      this.state = 'failed';
    }
  }

  async signIn(email: string, password: string): Promise<void> {
    this.accept(await send('POST', '', { email, password }));
  }

  /** The first account of an empty server. */
  async setUp(input: { token: string; email: string; name: string; password: string }): Promise<void> {
    this.accept(await send('POST', '/setup', input));
  }

  /** Spends a one-time link: a new account, or a new password. */
  async useLink(input: { token: string; name?: string; password: string }): Promise<void> {
    this.accept(await send('POST', '/link', input));
  }

  async changePassword(current: string, next: string): Promise<void> {
    await send('PUT', '/password', { current, new: next });
  }

  async signOut(): Promise<void> {
    await send('DELETE', '');
    this.ended();
  }

  /** The server says that nobody is signed in any more. */
  ended(): void {
    if (this.state !== 'in') return;
    sender.csrf = null;
    this.body = this.body && { ...this.body, user: null, csrf: null, projects: [] };
    this.state = 'out';
  }

  private accept(body: SessionBody | undefined): void {
    if (!body) return;
    this.body = body;
    sender.csrf = body.csrf;
    this.problem = undefined;
    this.state = body.user ? 'in' : 'out';
  }
}

async function send(method: string, path: string, body?: unknown): Promise<SessionBody | undefined> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (sender.csrf && method !== 'GET') headers['X-CSRF-Token'] = sender.csrf;
  const response = await fetch(`/api/v1/session${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status === 204) return undefined;
  const answer: unknown = await response.json().catch(() => ({ title: response.statusText }));
  if (!response.ok) throw new Problem(response.status, answer as Record<string, unknown>);
  return answer as SessionBody;
}

export const session = new Session();
