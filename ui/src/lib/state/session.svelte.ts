import { api, ask, sender } from '../api/client';
import { Problem } from '../api/problem';
import type { components } from '../api/schema';

export type Role = 'viewer' | 'editor' | 'approver' | 'operator' | 'admin';
type SessionBody = components['schemas']['Session'];

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
  readonly roles = $derived<readonly Role[]>(this.user?.instance_admin ? ['admin'] : ((this.membership?.roles ?? []) as Role[]));

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
      this.accept(await ask(api.GET('/api/v1/session')));
    } catch (thrown) {
      this.problem = Problem.from(thrown);
      this.state = 'failed';
    }
  }

  async signIn(email: string, password: string): Promise<void> {
    this.accept(await ask(api.POST('/api/v1/session', { body: { email, password } })));
  }

  /** The first account of an empty server. */
  async setUp(input: { token: string; email: string; name: string; password: string }): Promise<void> {
    this.accept(await ask(api.POST('/api/v1/session/setup', { body: input })));
  }

  /** Spends a one-time link: a new account, or a new password. */
  async useLink(input: { token: string; name?: string; password: string }): Promise<void> {
    this.accept(await ask(api.POST('/api/v1/session/link', { body: input })));
  }

  async changePassword(current: string, next: string): Promise<void> {
    await ask(api.PUT('/api/v1/session/password', { body: { current, new: next } }));
  }

  async signOut(): Promise<void> {
    await ask(api.DELETE('/api/v1/session'));
    this.ended();
  }

  /** The server says that nobody is signed in any more. */
  ended(): void {
    if (this.state !== 'in') return;
    sender.csrf = null;
    this.body = this.body && { ...this.body, user: null, csrf: null, projects: [] };
    this.state = 'out';
  }

  private accept(body: SessionBody): void {
    this.body = body;
    sender.csrf = body.csrf ?? null;
    this.problem = undefined;
    this.state = body.user ? 'in' : 'out';
  }
}

export const session = new Session();
