import { describe, expect, test } from 'vitest';
import type { Approval, ApprovalStage } from '../api/types';
import { decisionWords, discussion, isOpen, stageWords, standing, stateOf, subjectLine, takers } from './words';

const person = (name: string) => ({ id: name, name });
const stage = (given: Partial<ApprovalStage> = {}): ApprovalStage => ({ name: 'Review', state: 'open', roles: ['approver'], users: [], approvals: 2, by: [], ...given });
const approval = (given: Partial<Approval>): Approval => ({ state: 'pending', stage: 'Review', stages: [stage()], decisions: [], comments: [], ...given }) as Approval;

test('a state is said with what it waits for', () => {
  expect(stateOf(approval({})).word).toBe('Waits for Review');
  expect(stateOf(approval({ state: 'approved', stage: null })).word).toBe('Approved');
  expect(stateOf(approval({ state: 'looked_into' })).word).toBe('looked into');
  expect(['pending', 'changes_requested', 'approved', 'expired'].map((state) => isOpen({ state }))).toEqual([true, true, false, false]);
});

test.each<[Partial<ApprovalStage>, string]>([
  [{}, '2 by an approver'],
  [{ roles: ['approver', 'admin', 'operator'] }, '2 by an approver, an admin or an operator'],
  [{ roles: [], users: [person('Ada'), person('Bo')], by: [person('Ada')] }, 'one more by Ada or Bo'],
  [{ by: [person('Ada'), person('Bo')] }, 'by Ada and Bo'],
  [{ approvals: 1 }, 'one by an approver'],
])('who is missing in %j', (given, said) => expect(stageWords(stage(given))).toBe(said));

test('a stage of one role takes that', () => expect(takers({ roles: ['admin'], users: [] })).toBe('an admin'));

describe('a row says what is missing, or how it ended', () => {
  const decided = (kind: string, by: { id: string | null; name: string }) => ({ seq: 1, at: '', by, kind, stage: '', comment: '', reply_to: null });
  test.each<[Partial<Approval>, string]>([
    [{}, 'Review, 2 approvals missing'],
    [{ stages: [stage({ approvals: 1 })] }, 'Review, 1 approval missing'],
    [{ state: 'changes_requested', decisions: [decided('request_changes', person('Sam'))] }, 'Changes requested by Sam'],
    [{ state: 'rejected', stage: null, decisions: [decided('reject', person('Sam'))] }, 'Rejected by Sam'],
    [{ state: 'expired', stage: null, decisions: [decided('expire', { id: null, name: 'clock' })] }, 'Expired'],
    [{ state: 'approved', stage: null }, 'Approved'],
  ])('%j', (given, said) => expect(standing(approval(given))).toBe(said));
});

test.each([
  [{ kind: 'build', prompt: 'support/reply', version: '2.0.0', environment: 'production' }, 'support/reply 2.0.0'],
  [{ kind: 'archive', prompt: 'reply', version: null, environment: 'production' }, 'reply is to be archived'],
  [{ kind: 'policy', prompt: null, version: null, environment: 'production' }, 'Rules of production'],
  [{ kind: 'release', prompt: null, version: null, environment: 'production', items: [] }, 'Release of 0 prompts'],
  [{ kind: 'unfreeze', prompt: null, version: null, environment: 'staging' }, 'Unfreeze staging'],
])('what %j is about', (given, said) => expect(subjectLine(given)).toBe(said));

test('a decision names its stage', () => expect([decisionWords({ kind: 'approve', stage: 'Review' }).does, decisionWords({ kind: 'comment', stage: '' }).does]).toEqual(['approved Review', '']));

test('what was said of a request comes in order, with who may answer', () => {
  const said = (seq: number, kind: string, more: object = {}) => ({ seq, at: '', by: person('Sam'), kind, stage: '', comment: 'Well.', reply_to: null, ...more });
  const clock = { id: null, name: 'clock' };
  const one = approval({ requester: person('Ada'), note: 'Please', decisions: [said(1, 'reject'), said(3, 'expire', { by: clock })], comments: [said(2, 'comment', { reply_to: 1 })], possible: ['comment'] });
  expect(discussion(one).map(({ key, to, by, did, open }) => [key, to, by, did?.does, open])).toEqual([
    ['asked', undefined, 'Ada', 'asked', false],
    ['1', undefined, 'Sam', 'rejected', true],
    ['2', '1', 'Sam', undefined, true],
    ['3', undefined, undefined, 'It expired', true],
  ]);
  expect(discussion({ ...one, possible: [] }).some(({ open }) => open)).toBe(false);
});
