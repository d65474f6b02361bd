import { describe, expect, test } from 'vitest';
import type { Command } from '../api/deployments';
import type { Deployment, DeploymentEvent } from '../api/types';
import { effects, wording } from './effects';
import { eventOf } from './events';
import { causeOf, headline, isOver, STATE_OPTIONS, stateOf } from './words';

const one = (more: Partial<Deployment> = {}): Deployment =>
  ({
    prompt: 'support/reply', environment: 'production', version: '1.3.0', from: '1.2.0', state: 'running', percentage: 25, unit: 'user', step: 0, number: 1, possible: [], watched: [], events: [],
    started_at: '2026-11-20T12:00:00Z', next_at: '2026-11-20T14:00:00Z',
    steps: [
      { percentage: 25, after_s: 0, hold_s: 7200, state: 'present', entered_at: '2026-11-20T12:00:00Z' },
      { percentage: 50, after_s: 7200, hold_s: 3600, state: 'coming' },
      { percentage: 100, after_s: 10_800, hold_s: 0, state: 'coming' },
    ],
    ...more,
  }) as Deployment;
const NOW = Date.parse('2026-11-20T13:00:00Z');

test.each<[Partial<Deployment>, string]>([
  [{}, '25\u2009% of users get 1.3.0'],
  [{ state: 'paused', unit: 'request', percentage: 0.5 }, '0.5\u2009% of calls get 1.3.0'],
  [{ state: 'completed', percentage: 100 }, 'Everyone gets 1.3.0'],
  [{ state: 'completed', percentage: 100, ended_at: '2026-11-21T12:00:00Z' }, 'Everyone got 1.3.0'],
  [{ state: 'scheduled', percentage: 0 }, '1.3.0 waits for its start'],
  [{ state: 'aborted', percentage: 0 }, 'The rollout of 1.3.0 was aborted'],
  [{ state: 'aborted', percentage: 0, started_at: null }, '1.3.0 was never started'],
  [{ state: 'under_review' }, '1.3.0: under review'],
])('%j: the figure first', (more, expected) => expect(headline(one(more))).toBe(expected));

test('every state has a word, and those that are over are known', () => {
  expect(STATE_OPTIONS.filter(({ value }) => isOver(one({ state: value }))).map(({ value }) => value)).toEqual(['completed', 'aborted', 'superseded', 'rolled_back']);
  expect(new Set(STATE_OPTIONS.map(({ label }) => label)).size).toBe(STATE_OPTIONS.length);
  expect(stateOf('of_a_newer_server').word).toBe('of a newer server');
});

test('why it stands still is said where nobody wished it', () => {
  expect(causeOf(one({ state: 'paused', cause: 'user' }))).toBe('');
  expect(causeOf(one({ state: 'paused', cause: 'gate' }))).toBe('A gate has failed.');
  expect(causeOf(one({ state: 'superseded', cause: 'another-id' }))).toBe('');
});

describe('what a command will do', () => {
  const said = (command: Command, more: Partial<Deployment> = {}) => effects(command, one(more), NOW).map((effect) => `${effect.label}: ${effect.text}`);

  test.each<[Command, Partial<Deployment>, string[]]>([
    ['advance', {}, ['Traffic: 50\u2009% of users get 1.3.0 at once in place of 25\u2009% of users. The others get 1.2.0 as before.', 'Time: It is held for 1 h, then everyone gets it.']],
    ['advance', { step: 1, percentage: 50 }, ['Traffic: Everyone gets 1.3.0 at once in place of 50\u2009% of users. It is live then, and 1.2.0 is not any more.']],
    ['promote', {}, ['Traffic: Everyone gets 1.3.0 at once in place of 25\u2009% of users. It is live then, and 1.2.0 is not any more.', 'Left out: 50\u2009%: nobody waits for them any more.']],
    ['pause', {}, ['Traffic: It stays as it is: 25\u2009% of users get 1.3.0. The others get 1.2.0 as before.', 'Time: It goes no further until somebody resumes it. The 1 h that are left of this step stay.']],
    ['abort', {}, ['Traffic: Nobody gets 1.3.0 any more. The 25\u2009% of users that had it get 1.2.0 again, at once.', 'Afterwards: It cannot go on later. A new deployment begins at its first step.']],
    ['abort', { state: 'scheduled', percentage: 0 }, ['Traffic: Nothing changes for callers: nobody gets 1.3.0 yet.', 'Afterwards: It cannot be started any more.']],
    ['start', { state: 'scheduled', percentage: 0 }, ['Traffic: 25\u2009% of users get 1.3.0 at once. The others get 1.2.0 as before.', 'Time: It is held for 2 h, then it goes on to 50\u2009%.']],
    ['start', { state: 'scheduled', percentage: 0, from: null, steps: [{ percentage: 100, after_s: 0, hold_s: 0, state: 'coming' }] }, ['Traffic: Everyone gets 1.3.0 at once. It is live then.']],
  ])('%s %j', (command, more, expected) => expect(said(command, more)).toEqual(expected));

  test('resuming says what is left', () => {
    const events = [{ seq: 2, at: '2026-11-20T13:30:00Z', kind: 'paused', to: 'paused', step: 0, percentage: 25, reason: '' }] as DeploymentEvent[];
    expect(said('resume', { state: 'paused', next_at: null, events })[1]).toBe('Time: It goes on: 50\u2009% in 30 min.');
  });

  test('buttons repeat it', () => {
    expect(wording('advance', one()).button).toBe('Skip ahead to 50\u2009%');
    expect(wording('advance', one({ step: 1 })).button).toBe('Skip ahead to everyone');
    expect(wording('abort', one()).button).toBe('Abort, back to 1.2.0');
    expect(wording('abort', one({ state: 'scheduled' })).button).toBe('Abort 1.3.0');
  });
});

test('events say the share where it moved, and who did it', () => {
  const event = (kind: string, more: Partial<DeploymentEvent> = {}): DeploymentEvent => ({ seq: 1, at: '2026-11-20T12:00:00Z', kind, to: 'running', step: 0, percentage: 25, reason: '', actor: 'Priya', ...more });
  expect(eventOf(event('created'), one())).toMatchObject({ what: '25\u2009% of users', who: 'started by Priya', share: 25 });
  expect(eventOf(event('created', { percentage: 0, to: 'scheduled', reason: 'For Monday' }), one())).toMatchObject({ what: 'Prepared', who: 'Priya', why: 'For Monday' });
  expect(eventOf(event('advanced', { actor: null, reason: 'The step was held for its time.' }), one())).toEqual({ what: '25\u2009% of users', who: 'by its schedule', why: undefined, icon: 'rocket', share: 25 });
  expect(eventOf(event('promoted', { percentage: 100 }), one())).toMatchObject({ what: 'Everyone', who: 'promoted by Priya' });
  expect(eventOf(event('paused'), one()).share).toBeUndefined();
  expect(eventOf(event('shifted'), one()).what).toBe('shifted');
});
