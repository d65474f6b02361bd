import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../api/types';
import { called, readable, shortSeal, told } from './audit';

const entry = (action: string, detail: Record<string, unknown> = {}, more: Partial<AuditEntry> = {}): AuditEntry =>
  ({ n: 1, at: '2026-11-20T16:58:30Z', actor: 'key:1', actor_name: 'Priya', prompt: 'code/review', environment: null, hash: 'a', ...more, action, detail }) as AuditEntry;

describe('a row of the audit log', () => {
  test.each<[string, Record<string, unknown>, Partial<AuditEntry>, string, string]>([
    ['version.create', { version: '2.1.1', activated: null }, {}, 'saved a version', 'code/review 2.1.1'],
    ['version.create', { version: '2.1.1', activated: { environment: 'production' } }, {}, 'saved a version', 'code/review 2.1.1 in production'],
    ['prompt.create', { kind: 'text', version: { version: '1.0.0' } }, {}, 'created', 'code/review 1.0.0'],
    ['deployment.activate', { to: '2.1.1', direction: 'forward' }, { environment: 'staging' }, 'made live', 'code/review 2.1.1 in staging'],
    ['deployment.activate', { to: '2.1.0', direction: 'back' }, { environment: 'staging' }, 'rolled back', 'code/review 2.1.0 in staging'],
    ['deployment.create', { to: '1.3.0', state: 'running' }, { environment: 'production' }, 'began a deployment', 'code/review 1.3.0 in production'],
    ['deployment.create', { to: '1.3.0', state: 'scheduled', direction: 'back' }, { environment: 'production' }, 'began a deployment', 'code/review 1.3.0 for production'],
    ['deployment.create', { to: '1.2.0', state: 'completed', direction: 'back' }, { environment: 'production' }, 'rolled back', 'code/review 1.2.0 in production'],
    ['deployment.advanced', { from: 'running', to: 'running', percentage: 50 }, { environment: 'production' }, 'took the next step', 'code/review in production at 50\u2009%'],
    ['deployment.abort', { from: 'running', to: 'aborted', percentage: 0 }, { environment: 'production' }, 'aborted a rollout', 'code/review in production'],
    ['environment.freeze', { reason: 'Black Friday' }, { prompt: null, environment: 'production' }, 'froze an environment', 'production'],
    ['approval.approve', { approval: 'a1', stage: 'Review' }, { environment: 'production' }, 'approved', 'code/review Review, in production'],
    ['rollback.create', { from: '1.3.0', to: '1.2.0' }, { environment: 'production' }, 'rolled back', 'code/review 1.2.0 in production'],
    ['release.create', { items: [{}, {}] }, { prompt: null, environment: 'production' }, 'released several prompts', '2 prompts in production'],
    ['policy.reset', {}, { prompt: null, environment: 'production' }, 'reset the rules on the host', 'production'],
    ['label.put', { label: 'stable', to: '2.1.0' }, {}, 'put a label', 'code/review: stable on 2.1.0'],
    ['sample.put', { sample: 'off-by-one' }, {}, 'saved a sample', 'code/review: off-by-one'],
    ['prompt.update', { before: {}, after: {} }, {}, 'changed', 'code/review'],
    ['key.create', { name: 'help-centre' }, { prompt: null }, 'made a key', 'help-centre'],
    ['environment.update', {}, { prompt: null, environment: 'production' }, 'changed the rules', 'production'],
    ['user.update', { email: 'a@b', before: { name: 'Ada' }, after: { name: 'Ada' } }, { prompt: null }, 'changed a person', 'Ada'],
    ['session.create', {}, { prompt: null }, 'signed in', ''],
    ['rollout.skip_ahead', {}, {}, 'rollout: skip ahead', 'code/review'],
  ])('%s %j', (action, detail, more, what, on) => expect(told(entry(action, detail, more))).toEqual({ what, on }));

  test('a refusal says so, and how often', () => {
    expect(told(entry('denied', { route: 'POST /api/v1/keys', code: 'forbidden', times: 3 }, { prompt: null }))).toEqual({ what: 'was refused', on: 'POST /api/v1/keys, 3 times', refused: true });
    expect(told(entry('denied', {}, { prompt: null })).on).toBe('a request');
  });
});

describe('the detail as lines', () => {
  test('what changed is marked on both sides', () => {
    const read = readable({ id: 'u1', before: { name: 'Ada', roles: 'editor operator' }, after: { name: 'Ada', roles: '' } });
    expect(read.before).toEqual([{ name: 'name', value: 'Ada', changed: false }, { name: 'roles', value: 'editor, operator', changed: true }]);
    expect(read.after).toEqual([{ name: 'name', value: 'Ada', changed: false }, { name: 'roles', value: 'none', changed: true }]);
    expect(read.facts).toEqual([{ name: 'id', value: 'u1' }]);
  });

  test('everything else is named, however deep', () => {
    const read = readable({ version: '1.0.0', warnings: [], new: true, activated: { environment: 'production', from: null }, versions: [{ version: '1' }], metadata: {}, 'b<script>': '<i>' });
    expect(read.before).toEqual([]);
    expect(read.facts).toEqual([
      { name: 'version', value: '1.0.0' },
      { name: 'warnings', value: 'none' },
      { name: 'new', value: 'yes' },
      { name: 'activated.environment', value: 'production' },
      { name: 'activated.from', value: 'none' },
      { name: 'versions', value: '{"version":"1"}' },
      { name: 'metadata', value: 'none' },
      { name: 'b<script>', value: '<i>' },
    ]);
    expect(called('activated.content_hash')).toBe('Activated › content hash');
  });

  test('half a change is not shown as one', () => expect(readable({ before: { a: 1 }, after: null }).facts).toEqual([{ name: 'before.a', value: '1' }, { name: 'after', value: 'none' }]));
});

test('seals are short for the eye', () => expect([shortSeal('cec2d0b3e1bdcd1e'), shortSeal('abc')]).toEqual(['cec2…cd1e', 'abc']));
