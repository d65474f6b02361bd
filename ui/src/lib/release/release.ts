import type { QueryClient } from '@tanstack/svelte-query';
import { to } from '../address';
import { api, ask } from '../api/client';
import { Problem } from '../api/problem';
import type { Knowing } from '../api/queries';
import type { Deployment, Environment } from '../api/types';
import { everybody, isWaiting, share, units } from '../deployment/words';
import { router } from '../state/router.svelte';
import { session } from '../state/session.svelte';
import { toasts } from '../state/toasts.svelte';

export const activate = (name: string, version: string, environment: string, reason: string, knowing: Knowing = {}): Promise<Deployment> =>
  ask(api.POST('/api/v1/prompts/{name}/activate', { params: { path: { name } }, body: { version, environment, ...(reason.trim() ? { reason: reason.trim() } : {}), ...knowing } }));

/** All pages of the project ask anew. */
export const changed = (queries: QueryClient): Promise<void> => queries.invalidateQueries({ queryKey: [session.project] });

/** Says what has begun, and leads to it. */
function announceBegun(done: Deployment): void {
  const { approval } = done;
  if (done.state === 'pending_approval') {
    toasts.say(`${done.prompt} ${done.version} waits for approval in ${done.environment}${approval?.stage ? `, by ${approval.stage}` : ''}`, { label: 'Look at the request', run: () => router.go(approval ? to.approval(approval.id) : to.deployment(done.id)) });
    return;
  }
  const what = isWaiting(done) ? 'waits for its start' : `is at ${share(done.percentage)} of ${units(done.unit)}`;
  toasts.say(`${done.prompt} ${done.version} ${what} in ${done.environment}`, { label: 'Look at it', run: () => router.go(to.deployment(done.id)) });
}

/** Says what is live now, and offers what was live before where the environment lets it back. */
export function announce(queries: QueryClient, done: Deployment, environment: Environment | undefined): void {
  const { prompt, version, from } = done;
  if (isWaiting(done) || !everybody(done.percentage)) return announceBegun(done);
  const backAllowed = environment?.policy.rollback !== 'fix_forward' || done.direction === 'back';
  const undo = async (before: string) => {
    try {
      // Whoever undoes knows what was there a moment ago, also where going back has set it aside.
      const undone = await activate(prompt, before, done.environment, `Undoes ${version}`, { acknowledge_rollback: true });
      if (isWaiting(undone)) announceBegun(undone);
      else toasts.say(`${prompt} ${before} is live in ${done.environment} again`);
    } catch (thrown) {
      const problem = Problem.from(thrown);
      toasts.say(`${version} is still live in ${done.environment}. ${problem.detail || problem.title}`);
    }
    await changed(queries);
  };
  toasts.say(
    `${prompt} ${version} is live in ${done.environment}`,
    from && from !== version && backAllowed ? { label: 'Undo', run: () => void undo(from) } : undefined,
  );
}

/** Where a version goes next: the environment farthest from users where something else is live. */
export function nextEnvironment(environments: readonly Environment[], live: Record<string, string>, version: string): string {
  return (environments.find((one) => live[one.name] !== version) ?? environments.at(-1))?.name ?? '';
}
