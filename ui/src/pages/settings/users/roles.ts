import type { Role } from '$lib/state/session.svelte';

/** One sentence each: what somebody with the role may do. */
export const ROLES: readonly { value: Role; does: string }[] = [
  { value: 'viewer', does: 'Looks at everything, changes nothing.' },
  { value: 'editor', does: 'Writes prompts and saves versions. What is live stays as it is.' },
  { value: 'approver', does: 'Looks at everything, and is the one to approve where approval is asked for.' },
  { value: 'operator', does: 'Makes versions live, rolls back, moves labels.' },
  { value: 'admin', does: 'Everything in this project, also people, keys, environments and the audit log.' },
];

/** In the order of the list above. */
export const ordered = (roles: readonly Role[]): Role[] => ROLES.map((role) => role.value).filter((role) => roles.includes(role));
