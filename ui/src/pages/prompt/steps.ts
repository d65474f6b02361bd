import type { Deployment, Environment, Prompt, Version } from '$lib/api/types';

/** What may be done next about one environment. */
export type Step = { promote?: string; back?: string };

/**
 * What is ahead of an environment: what is live one step further from users, or, at the first one, the newest version.
 * Only newer ones: what is older got there by going back.
 */
export function steps(prompt: Prompt, environments: readonly Environment[], recent: readonly Version[], deployments: readonly Deployment[]): Record<string, Step> {
  const sequence = (version: string | undefined) => recent.find((one) => one.version === version)?.sequence;
  const out: Record<string, Step> = {};
  for (const [i, environment] of environments.entries()) {
    const live = prompt.live[environment.name];
    const before = environments[i - 1];
    const next = before ? prompt.live[before.name] : prompt.latest?.version;
    const newer = next && next !== live && (!live || (sequence(next) ?? 0) > (sequence(live) ?? Number.POSITIVE_INFINITY));
    // Newest first: how the present version got there says what was there. What is on its way, or was given up, says nothing.
    const last = deployments.find((one) => one.environment === environment.name && one.state === 'completed' && !one.ended_at);
    const back = live && last?.version === live && last.direction !== 'back' && last.from && last.from !== live ? last.from : undefined;
    out[environment.name] = { ...(newer ? { promote: next } : {}), ...(back ? { back } : {}) };
  }
  return out;
}
