import { describe, expect, test } from 'vitest';
import type { Approval, ApprovalStage, Deployment } from '../api/types';
import { afterwards, effects, told, wording } from './effects';

const stage = (name: string, given: Partial<ApprovalStage> = {}): ApprovalStage => ({ name, state: 'open', roles: ['approver'], users: [], approvals: 1, by: [], ...given });
const one = (given: Partial<Approval> = {}): Approval =>
  ({ kind: 'build', state: 'pending', prompt: 'a/b', version: '2.0.0', environment: 'production', stage: 'Review', stages: [stage('Review'), stage('Release', { state: 'waiting', roles: ['admin'] })], ...given }) as Approval;
const waiting = (given: Partial<Deployment> = {}) => ({ state: 'pending_approval', version: '2.0.0', unit: 'user', hold: false, steps: [{ percentage: 5 }, { percentage: 100 }], ...given }) as Deployment;

describe('what an approval does', () => {
  test.each<[Partial<Approval>, string[]]>([
    [{ stages: [stage('Review', { approvals: 3 })] }, ['Yours counts. 2 approvals more are missing.', 'Nothing changes yet.']],
    [{}, ['Yours is the last that this stage misses.', 'Release: one by an admin. Nothing changes yet.']],
    [{ stages: [stage('Review')] }, ['Yours is the last that this stage misses.', 'It starts at once: 5\u2009% of users in production get 2.0.0.']],
  ])('%j', (given, texts) => expect(effects('approve', one(given), waiting()).map((effect) => effect.text)).toEqual(texts));

  test('the end depends on what was asked for', () => {
    expect(afterwards(one(), waiting({ hold: true }))).toContain('until somebody starts it');
    expect(afterwards(one(), waiting({ steps: [{ percentage: 100 }] as Deployment['steps'] }))).toBe('Everyone in production gets 2.0.0 at once.');
    expect(afterwards(one(), undefined)).toContain('may be deployed');
    expect(afterwards(one({ kind: 'policy' }), undefined)).toBe('The new rules of production hold at once.');
    expect(afterwards(one({ kind: 'archive' }), undefined)).toContain('get it no more');
  });
});

test('a rejection gives up what waits, and nothing else', () => {
  expect(effects('reject', one(), waiting())[1]?.text).toBe('The deployment of 2.0.0 is given up. Nothing changes for callers.');
  expect(effects('withdraw', one(), waiting({ state: 'running' }))[1]?.text).toBe('Nothing changes for callers.');
});

test('the title names action, thing and place', () => {
  expect([wording('approve', one()).title, wording('approve', one()).button]).toEqual(['Approve a/b 2.0.0 for production', 'Approve Review']);
  expect(wording('reject', one({ kind: 'policy', prompt: null, version: null })).title).toBe('Reject Rules of production');
});

test('what was done is told by how it stands', () => {
  expect(told('approve', one({ stage: 'Release' }))).toBe('Your approval counts. a/b 2.0.0 waits for Release');
  expect(told('approve', one({ state: 'approved', stage: null }))).toBe('a/b 2.0.0 is approved for production');
  expect(told('withdraw', one({ state: 'withdrawn' }))).toBe('The request for a/b 2.0.0 is withdrawn');
});

test('a release is decided as a whole', () => {
  const items = ['a', 'b'].map((prompt) => ({ prompt })) as Approval['items'];
  const whole = one({ kind: 'release', prompt: null, version: null, release_id: 'r', items, stages: [stage('Review')] });
  expect(effects('approve', whole, undefined).at(-1)?.text).toBe('All of it starts at once, in production.');
  expect(effects('reject', whole, undefined).at(-1)?.text).toBe('All of the release is given up. Nothing changes for callers.');
  expect([wording('approve', whole).title, told('approve', { ...whole, state: 'approved' })]).toEqual(['Approve Release of 2 prompts for production', 'Release of 2 prompts is approved for production']);
});
