import { describe, expect, test } from 'vitest';
import type { HistoryEntry } from '../api/types';
import { ACTIONS, plain, sentence } from './history';

type Given = Partial<Omit<HistoryEntry, 'detail'>> & { detail?: Record<string, unknown> };

const entry = (action: string, given: Given = {}): HistoryEntry =>
  ({ at: '2026-11-19T16:33:00Z', actor: 'Priya Nair', prompt: 'code/review', environment: null, ...given, action, detail: given.detail ?? {} }) as HistoryEntry;

const say = (action: string, detail: Record<string, unknown> = {}, environment?: string) => plain(sentence(entry(action, { detail, environment })));

describe('what happened, in a sentence', () => {
  test.each<[string, Record<string, unknown>, string | undefined, string]>([
    ['prompt.create', { kind: 'text' }, undefined, 'created the prompt'],
    ['prompt.create', { kind: 'text', version: { version: '1.0.0', activated: null } }, undefined, 'created the prompt with 1.0.0'],
    ['version.create', { version: '2.1.1', activated: null }, undefined, 'saved 2.1.1'],
    ['version.create', { version: '2.1.1', activated: { environment: 'production', from: '2.1.0' } }, undefined, 'saved 2.1.1 and made it live in production, after 2.1.0'],
    ['version.revert', { version: '3.0.1', activated: { environment: 'production', from: null } }, undefined, 'brought back an older content as 3.0.1 and made it live in production'],
    ['deployment.activate', { from: '2.1.0', to: '2.1.1', direction: 'forward' }, 'staging', 'made 2.1.1 live in staging, after 2.1.0'],
    ['deployment.activate', { from: null, to: '1.0.0', direction: 'forward' }, 'production', 'made 1.0.0 live in production'],
    ['deployment.activate', { from: '2.1.1', to: '2.1.0', direction: 'back' }, 'production', 'rolled back to 2.1.0 in production, from 2.1.1'],
    ['deployment.activate', { from: '2.1.1', to: '2.1.1', direction: 'forward' }, 'production', 'renewed 2.1.1 in production, with what it includes now'],
    ['deployment.create', { from: '1.2.0', to: '1.3.0', state: 'running', strategy: 'canary' }, 'production', 'began to roll out 1.3.0 in production as a canary, after 1.2.0'],
    ['deployment.create', { from: '1.2.0', to: '1.3.0', state: 'scheduled', strategy: 'immediate' }, 'production', 'prepared 1.3.0 for production, to be started later'],
    ['deployment.create', { from: '1.2.0', to: '1.3.0', state: 'completed', strategy: 'immediate' }, 'production', 'made 1.3.0 live in production, after 1.2.0'],
    ['deployment.create', { from: '1.3.0', to: '1.2.0', state: 'completed', direction: 'back' }, 'production', 'rolled back to 1.2.0 in production, from 1.3.0'],
    ['deployment.pause', { from: 'running', to: 'paused', percentage: 12.5 }, 'production', 'paused the rollout in production, at 12.5\u2009%'],
    ['deployment.advance', { from: 'running', to: 'completed', percentage: 100 }, 'production', 'skipped ahead with the rollout in production, to everyone'],
    ['deployment.abort', { from: 'running', to: 'aborted', percentage: 0 }, 'production', 'aborted the rollout in production'],
    ['environment.update', { before: { stages: [], rollback: 'allowed' }, after: { stages: [{ name: 'Review' }, { name: 'Release' }], rollback: 'allowed' } }, 'production', 'changed the rules of production so that Review and Release approve'],
    ['environment.update', { before: { stages: [{ name: 'Review' }], rollback: 'allowed' }, after: { stages: [], rollback: 'fix_forward' } }, 'production', 'changed the rules of production so that nobody is asked for approval and it only goes forward'],
    ['approval.open', { approval: 'a1', note: '' }, 'production', 'asked for approval in production'],
    ['approval.open', { before: {}, after: {} }, 'production', 'asked for approval in production for rules that ask for less'],
    ['approval.approve', { approval: 'a1', stage: 'Release', state: 'approved' }, 'production', 'approved the request in production, for Release, the last that was missing'],
    ['approval.reject', { approval: 'a1' }, 'production', 'rejected the request in production'],
    ['emergency.review', { deployment: 'd1', approved: true }, 'production', 'reviewed the emergency in production and found it right'],
    ['policy.reset', { reason: 'Nobody left' }, 'production', 'reset on the host the rules of production'],
    ['rollback.create', { from: '1.3.0', to: '1.2.0', kind: 'emergency' }, 'production', 'rolled back to 1.2.0 in production, from 1.3.0, in an emergency'],
    ['release.create', { state: 'completed', items: [{}, {}] }, 'production', 'released 2 prompts together in production'],
    ['release.create', { state: 'waiting', items: [{}, {}] }, 'production', 'asked to release 2 prompts together in production'],
    ['release.rollback', { items: [{}] }, 'production', 'took back 1 prompt together in production'],
    ['environment.freeze', { reason: 'Black Friday', until: null }, 'production', 'froze production'],
    ['environment.unfreeze', { was: 'Black Friday' }, 'production', 'unfroze production'],
    ['label.put', { label: 'stable', from: null, to: '2.1.0' }, undefined, 'put the label stable on 2.1.0'],
    ['label.put', { label: 'stable', from: '2.0.0', to: '2.1.0' }, undefined, 'moved the label stable to 2.1.0 from 2.0.0'],
    ['label.delete', { label: 'stable', from: '2.0.0' }, undefined, 'took away the label stable that was on 2.0.0'],
    ['version.comment', { version: '1.2.0', comment: 'Why?' }, undefined, 'commented on 1.2.0'],
    ['sample.put', { sample: 'off-by-one', new: true }, undefined, 'added the sample off-by-one'],
    ['sample.put', { sample: 'off-by-one', new: false }, undefined, 'changed the sample off-by-one'],
    ['prompt.update', { before: { name: 'a', tags: [], description: '' }, after: { name: 'a', tags: ['x'], description: 'y' } }, undefined, 'changed the tags and description'],
    ['prompt.update', { before: { name: 'a', tags: [] }, after: { name: 'b', tags: ['x'] } }, undefined, 'renamed the prompt to b from a, and changed the tags'],
    ['version.correct', { version: '1.0.0', before: { note: 'a', tags: '[]' }, after: { note: 'b', tags: '[]' } }, undefined, 'changed the note of 1.0.0'],
    ['prompt.import', { path: 'support/reply', versions: [{}, {}] }, undefined, 'imported 2 versions from support/reply'],
    ['prompt.archive', { live_in: ['staging', 'production'] }, undefined, 'archived the prompt that was live in staging and production'],
    ['prompt.delete', { versions: ['1.0.0'] }, undefined, 'deleted the prompt with 1 version'],
    ['key.create', { name: 'help-centre', scopes: 'render' }, undefined, 'made the key help-centre'],
    ['webhook.create', { host: 'example.com' }, undefined, 'made a webhook to example.com'],
    ['webhook.update', { host: 'example.com', enabled: false }, undefined, 'switched off the webhook to example.com'],
    ['webhook.update', { host: 'example.com', enabled: null }, undefined, 'changed the webhook to example.com'],
    ['environment.update', { before: { rollback: 'allowed' }, after: { rollback: 'fix_forward' } }, 'production', 'changed the rules of production so that it only goes forward'],
    ['user.create', { name: 'Ada', roles: 'editor operator' }, undefined, 'added Ada as editor and operator'],
    ['user.update', { before: { name: 'Ada', roles: 'editor' }, after: { name: 'Ada', roles: 'viewer' } }, undefined, 'changed the roles of Ada to viewer, from editor'],
    ['user.delete', { name: 'Ada', revoked_keys: ['k1', 'k2'] }, undefined, 'removed Ada from the project and revoked 2 keys'],
    ['price.create', { layer: 'project', price: { provider: 'acme', model: 'large' } }, undefined, 'added the price of large by acme'],
    ['price.import', { created: 12 }, undefined, 'imported 12 prices'],
    ['price.apply', { priced: 1 }, undefined, 'priced 1 past execution'],
    ['executions.erase', { executions: 3, scores: 1, reason: 'asked' }, undefined, 'erased what 3 executions of a user held'],
    ['rollups.repair', { days: 2, cells: 9 }, undefined, 'counted 2 days of statistics again'],
    ['rollout.skip_ahead', {}, undefined, 'rollout: skip ahead'],
  ])('%s %j', (action, detail, environment, expected) => {
    expect(say(action, detail, environment)).toBe(`Priya Nair ${expected}`);
  });

  test('what the clock does is said of the schedule, with a link and without its reason', () => {
    const said = sentence(entry('deployment.advanced', { environment: 'production', actor: 'clock', detail: { deployment: 'd1', percentage: 50, reason: 'The step was held for its time.' } }));
    expect(plain(said)).toBe('The schedule took the rollout in production to 50\u2009%');
    expect(said).toMatchObject({ deployment: 'd1', note: undefined });
  });

  test('notes and reasons are what the person wrote', () => {
    expect(sentence(entry('version.create', { detail: { version: '1.0.0', note: 'Shorter.' } })).note).toBe('Shorter.');
    expect(sentence(entry('deployment.activate', { environment: 'production', detail: { to: '1.0.0', reason: '' } })).note).toBeUndefined();
    expect(sentence(entry('version.delete', { detail: { version: '1.0.0' } })).version).toBeUndefined();
  });

  test('every action has words, whatever its detail lacks', () => {
    for (const { value } of ACTIONS) {
      const said = plain(sentence(entry(value)));
      expect(said).not.toMatch(/undefined|\[object/);
      expect(said).not.toContain(value.replace('.', ': '));
    }
  });
});
