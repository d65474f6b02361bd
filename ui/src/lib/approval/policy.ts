import type { Environment, Policy, Stage } from '../api/types';
import { lasting } from '../format/time';
import { listed } from '../words/detail';
import { many } from '../format/text';

/** A policy with nothing left out. */
export type Rules = Required<Pick<Policy, 'rollback'>> & { stages: Stage[]; allow_author: boolean; rollback_needs_approval: boolean; emergency: boolean; expires_after_s: number };

const DAY_S = 86_400;
export const EXPIRES_AFTER_S = 14 * DAY_S;

export const rulesOf = (policy: Policy): Rules => ({
  stages: policy.stages ?? [],
  allow_author: policy.allow_author ?? false,
  rollback: policy.rollback,
  rollback_needs_approval: policy.rollback_needs_approval ?? false,
  emergency: policy.emergency ?? true,
  expires_after_s: policy.expires_after_s ?? EXPIRES_AFTER_S,
});

export const asks = (policy: Policy | undefined): boolean => (policy?.stages ?? []).length > 0;

/** "Review, then Release". */
export const stagesSaid = (policy: Policy): string => (policy.stages ?? []).map((stage) => stage.name).join(', then ');

const DECIDERS = ['approver', 'admin'];
const stage = (name: string): Stage => ({ name, roles: DECIDERS, users: [], approvals: 1 });

/** What is sensible for most: two stages where users are, one just before, none farther away. */
export function usual(environments: readonly Pick<Environment, 'name' | 'production'>[]): Map<string, Stage[]> {
  const at = environments.findIndex((one) => one.production);
  const out = new Map<string, Stage[]>();
  const [before, production] = [environments[at - 1], environments[at]];
  if (before && at > 1) out.set(before.name, [stage('Review')]);
  if (production) out.set(production.name, [stage('Review'), stage('Release')]);
  return out;
}

/** How many people it takes: one counts once over all stages. */
export const takes = (stages: readonly Pick<Stage, 'approvals'>[]): number => stages.reduce((sum, one) => sum + one.approvals, 0);

/** "an approver or an admin", "2 named people". */
export function who(stage: Pick<Stage, 'roles' | 'users'>): string {
  const named = stage.users?.length ?? 0;
  const parts = [...(stage.roles ?? []).map((role) => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`), ...(named > 0 ? [`one of ${named === 1 ? 'one named person' : `${named} named people`}`] : [])];
  return listed(parts).replace(/ and ([^,]*)$/, ' or $1');
}

const more = (before: readonly string[] = [], after: readonly string[] = []): string[] => after.filter((one) => !before.includes(one));

/** By what the new rules ask for less than the old: then the old ones have to agree. As the server has it. */
export function loosened(before: Rules, after: Rules): string[] {
  const out: string[] = [];
  for (const old of before.stages) {
    const now = after.stages.find((one) => one.name === old.name);
    if (!now) {
      out.push(`the stage ${old.name} is gone`);
      continue;
    }
    if (now.approvals < old.approvals) out.push(`${old.name} asks for ${now.approvals} in place of ${old.approvals} approvals`);
    const [roles, users] = [more(old.roles, now.roles), more(old.users, now.users)];
    if (roles.length > 0) out.push(`${old.name} also takes ${listed(roles)}`);
    if (users.length > 0) out.push(`${old.name} also takes ${users.length === 1 ? 'one more person' : `${users.length} more people`}`);
  }
  const kept = before.stages.map((one) => one.name).filter((name) => after.stages.some((one) => one.name === name));
  const order = after.stages.map((one) => one.name).filter((name) => kept.includes(name));
  if (kept.join('\n') !== order.join('\n')) out.push('the stages come in another order');
  if (after.allow_author && !before.allow_author) out.push('authors approve their own work');
  if (after.rollback === 'allowed' && before.rollback !== 'allowed') out.push('the way back is open');
  if (before.rollback_needs_approval && !after.rollback_needs_approval) out.push('going back needs no approval');
  if (after.emergency && !before.emergency) out.push('an emergency does without approval');
  if (after.expires_after_s > before.expires_after_s) out.push(`approvals are valid for ${lasting(after.expires_after_s * 1000)} in place of ${lasting(before.expires_after_s * 1000)}`);
  return out;
}

/** The rules as lines, for two of them beside each other. */
export function lines(policy: Policy): { label: string; text: string }[] {
  const rules = rulesOf(policy);
  const stages = rules.stages.map((one) => `${one.name}: ${many(one.approvals, 'approval')} by ${who(one)}`);
  return [
    { label: 'Approval', text: stages.length > 0 ? stages.join('; then ') : 'Nobody is asked' },
    { label: 'Authors', text: rules.allow_author ? 'approve their own work' : 'do not approve their own work' },
    { label: 'Rolling back', text: rules.rollback === 'allowed' ? `allowed${rules.rollback_needs_approval ? ', with approval' : ''}` : 'only forward' },
    { label: 'Emergency', text: rules.emergency ? 'does without approval' : 'is not known' },
    { label: 'Requests expire', text: `after ${lasting(rules.expires_after_s * 1000)}` },
  ];
}

const offered = (choices: readonly number[], present: number) => [...new Set([...choices, present])].toSorted((a, b) => a - b).map((seconds) => ({ value: String(seconds), label: lasting(seconds * 1000) }));

/** How long a request stays open; what is set stays to be chosen. */
export const expiries = (present: number) => offered([DAY_S, 3 * DAY_S, 7 * DAY_S, 14 * DAY_S, 30 * DAY_S, 90 * DAY_S], present);
/** How long a conversation may rest and keep its version. */
export const rests = (present: number) => offered([60, 900, 3600, 4 * 3600, DAY_S, 7 * DAY_S, 30 * DAY_S], present);
