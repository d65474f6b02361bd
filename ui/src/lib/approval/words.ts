import type { Approval, ApprovalStage } from '../api/types';
import type { Tone } from '../deployment/words';
import { many } from '../format/text';
import type { IconName } from '../ui/icons';
import type { Said } from '../ui/thread';
import { listed } from '../words/detail';

type Told = { word: string; tone: Tone | 'good'; icon: IconName };

const STATES: Record<string, Told> = {
  pending: { word: 'Waits', tone: 'wait', icon: 'hourglass' },
  changes_requested: { word: 'Changes requested', tone: 'bad', icon: 'message-square-warning' },
  approved: { word: 'Approved', tone: 'good', icon: 'circle-check' },
  rejected: { word: 'Rejected', tone: 'bad', icon: 'ban' },
  withdrawn: { word: 'Withdrawn', tone: '', icon: 'undo-2' },
  expired: { word: 'Expired', tone: '', icon: 'clock-alert' },
};

/** Where a request stands; one that waits says for what. */
export function stateOf(one: Pick<Approval, 'state' | 'stage'>): Told {
  const told = STATES[one.state] ?? { word: one.state.replaceAll('_', ' '), tone: '' as const, icon: 'info' as const };
  return one.state === 'pending' && one.stage ? { ...told, word: `Waits for ${one.stage}` } : told;
}

/** Somebody can still decide. */
export const isOpen = (one: Pick<Approval, 'state'>): boolean => one.state === 'pending' || one.state === 'changes_requested';

/** How many approvals a stage still misses. */
export const missing = (stage: ApprovalStage): number => Math.max(0, stage.approvals - stage.by.length);

/** "approver or admin", "Ada or Bob": who a stage takes. */
export function takers(stage: Pick<ApprovalStage, 'roles' | 'users'>): string {
  const names = [...stage.roles.map((role) => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`), ...stage.users.map((user) => user.name)];
  return listed(names).replace(/ and ([^,]*)$/, ' or $1');
}

/** "1 of 2 given, 1 more by an approver or an admin". */
export function stageWords(stage: ApprovalStage): string {
  const left = missing(stage);
  if (left === 0) return `by ${listed(stage.by.map((person) => person.name))}`;
  return `${left === 1 ? 'one' : left} ${stage.by.length > 0 ? 'more ' : ''}by ${takers(stage)}`;
}

/** For a row of the list: what is missing, or how it ended. */
export function standing(one: Approval): string {
  if (one.state === 'changes_requested') {
    const who = one.decisions.findLast((decision) => decision.kind === 'request_changes')?.by.name;
    return who ? `Changes requested by ${who}` : 'Changes requested';
  }
  const stage = one.stages.find((of) => of.name === one.stage);
  if (one.state === 'pending' && stage) return `${stage.name}, ${many(missing(stage), 'approval')} missing`;
  const last = one.decisions.at(-1);
  const who = last?.by.id || last?.kind === 'withdraw' ? last.by.name : undefined;
  return who && one.state !== 'expired' ? `${stateOf(one).word} by ${who}` : stateOf(one).word;
}

/** What it is about, as the head of the page says it. */
export function subject(one: Pick<Approval, 'kind' | 'prompt' | 'version' | 'environment' | 'items'>): { path: string; name: string; rest: string } {
  const prompt = one.prompt ?? '';
  const cut = prompt.lastIndexOf('/') + 1;
  const [path, name] = [prompt.slice(0, cut), prompt.slice(cut)];
  switch (one.kind) {
    case 'policy':
      return { path: '', name: 'Rules', rest: `of ${one.environment}` };
    case 'unfreeze':
      return { path: '', name: 'Unfreeze', rest: one.environment };
    case 'archive':
      return { path, name, rest: 'is to be archived' };
    case 'release':
      return { path: '', name: 'Release', rest: `of ${many(one.items?.length ?? 0, 'prompt')}` };
    default:
      return { path, name, rest: one.version ?? '' };
  }
}

/** The same in one line, for titles and lists. */
export function subjectLine(one: Pick<Approval, 'kind' | 'prompt' | 'version' | 'environment' | 'items'>): string {
  const { path, name, rest } = subject(one);
  return `${path}${name} ${rest}`.trim();
}

const DECIDED: Record<string, { does: string; icon: IconName; tone: string }> = {
  approve: { does: 'approved', icon: 'circle-check', tone: 'is-good' },
  reject: { does: 'rejected', icon: 'ban', tone: 'is-bad' },
  request_changes: { does: 'requested changes', icon: 'message-square-warning', tone: 'is-bad' },
  withdraw: { does: 'withdrew the request', icon: 'undo-2', tone: '' },
  expire: { does: 'It expired', icon: 'clock-alert', tone: '' },
  comment: { does: '', icon: 'message-square', tone: '' },
};

/** "approved Review". */
export function decisionWords(decision: { kind: string; stage: string }): { does: string; icon: IconName; tone: string } {
  const told = DECIDED[decision.kind] ?? { does: decision.kind.replaceAll('_', ' '), icon: 'info' as const, tone: '' };
  return { ...told, does: [told.does, decision.stage].filter(Boolean).join(' ') };
}

/** The request, then everything that was decided and said, in order. */
export function discussion(one: Approval): Said[] {
  const may = one.possible.includes('comment');
  const decided = [...one.decisions, ...one.comments].toSorted((a, b) => a.seq - b.seq).map((decision): Said => {
    const { seq, reply_to, by, at, comment, kind } = decision;
    const did = decisionWords(decision);
    return { key: String(seq), to: reply_to?.toString(), by: by.id || kind !== 'expire' ? by.name : undefined, at, comment, did: did.does ? did : undefined, open: may };
  });
  return [{ key: 'asked', by: one.requester.name, at: one.opened_at, comment: one.note, did: { does: 'asked' }, open: false }, ...decided];
}
