import type { Key } from '$lib/api/types';

/** Whether there is a valid key of somebody or something else than the person who looks. */
export const connected = (keys: readonly Key[], person: string | undefined, now: number): boolean =>
  keys.some((key) => !key.revoked_at && (!key.expires_at || new Date(key.expires_at).getTime() > now) && (!key.user || key.user.id !== person));
