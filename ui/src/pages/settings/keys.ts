/** What keys may do and how long they last, in words. */

export const SCOPES = [
  { value: 'render', does: 'Get, resolve and render what is live. What a running application does.' },
  { value: 'read', does: 'Look at all prompts, versions, environments and the history.' },
  { value: 'write', does: 'Create prompts and save versions. Nothing that is live changes.' },
  { value: 'deploy', does: 'Make versions live, roll back, move labels.' },
  { value: 'approve', does: 'Decide on requests for approval, as its owner; only if the owner makes the key.' },
  { value: 'record', does: 'Send executions and scores.' },
  { value: 'admin', does: 'All of this, and keys, people, environments and the audit log.' },
] as const;

const ORDER: readonly string[] = [...SCOPES.map((scope) => scope.value), 'test'];

const OF_ROLE: Record<string, readonly string[]> = {
  viewer: ['read', 'render'],
  editor: ['read', 'render', 'write'],
  approver: ['read', 'render', 'approve'],
  operator: ['read', 'render', 'deploy'],
};

/** Whether somebody with these roles may have a key with this scope: a key does no more than its owner. */
export const within = (scope: string, owner: { roles: readonly string[]; instance_admin: boolean } | undefined): boolean =>
  !owner || owner.instance_admin || owner.roles.some((role) => role === 'admin' || OF_ROLE[role]?.includes(scope));

/** `render, read`; an administrator's key may do everything. */
export function may(scopes: readonly string[]): string {
  if (scopes.includes('admin')) return 'everything';
  const place = (scope: string) => (ORDER.includes(scope) ? ORDER.indexOf(scope) : ORDER.length);
  return scopes.length === 0 ? 'nothing' : [...scopes].sort((a, b) => place(a) - place(b)).join(', ');
}

/** The sentences behind the words. */
export const explained = (scopes: readonly string[]): string =>
  SCOPES.filter((scope) => scopes.includes(scope.value)).map((scope) => `${scope.value}: ${scope.does}`).join('\n');

const DAY = 86_400_000;
const NEAR = 14 * DAY;

export const EXPIRIES = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '182', label: 'In 6 months' },
  { value: '365', label: 'In a year' },
  { value: '', label: 'Never' },
  { value: 'day', label: 'On a day' },
] as const;

/** The moment that a choice means; a day ends with it, in the zone of the reader. Undefined: never, or no day yet. */
export function expiresAt(choice: string, day: string, now: number): string | undefined {
  if (choice === '') return undefined;
  if (choice !== 'day') return new Date(now + Number(choice) * DAY).toISOString();
  const end = new Date(`${day}T23:59:59`);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}

export type Validity = 'revoked' | 'over' | 'near' | 'valid' | 'forever';

export function validity(key: { expires_at?: string | null; revoked_at?: string | null }, now: number): Validity {
  if (key.revoked_at) return 'revoked';
  if (!key.expires_at) return 'forever';
  const left = new Date(key.expires_at).getTime() - now;
  if (left <= 0) return 'over';
  return left <= NEAR ? 'near' : 'valid';
}
