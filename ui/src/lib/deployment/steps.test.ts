import { describe, expect, test } from 'vitest';
import type { Deployment, DeploymentEvent, DeploymentStep } from '../api/types';
import { countdown, held, left, nextStep, rungs } from './steps';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-11-20T12:00:00Z');
const at = (ms: number) => new Date(START + ms).toISOString();
const step = (percentage: number, hours: number, hold: number, state: string, more: Partial<DeploymentStep> = {}): DeploymentStep => ({ percentage, after_s: hours * 3600, hold_s: hold * 3600, state, ...more });
const event = (kind: string, ms: number): DeploymentEvent => ({ seq: 1, at: at(ms), kind, to: '', step: 1, percentage: 10, reason: '' });

/** 5, 10, 50 and 100 % after 0, 2, 4 and 8 hours, an hour into the second step. */
const running = (more: Partial<Deployment> = {}): Deployment =>
  ({
    id: 'd', state: 'running', step: 1, percentage: 10, unit: 'user', started_at: at(0), next_at: at(4 * HOUR), finished_at: null,
    steps: [
      step(5, 0, 2, 'past', { entered_at: at(0) }),
      step(10, 2, 2, 'present', { entered_at: at(2 * HOUR) }),
      step(50, 4, 4, 'coming', { expected_at: at(4 * HOUR) }),
      step(100, 8, 0, 'coming', { expected_at: at(8 * HOUR) }),
    ],
    ...more,
  }) as Deployment;
const NOW = START + 3 * HOUR;

describe('how long a step has been held', () => {
  test('counts from when it really began', () => {
    expect([held(running(), NOW), left(running(), NOW)]).toEqual([HOUR, HOUR]);
    expect(held(running(), NOW + 5 * HOUR), 'not beyond its end').toBe(2 * HOUR);
  });

  test('stands still while paused, without the pauses before', () => {
    const events = [event('paused', HOUR), event('resumed', 1.5 * HOUR), event('advanced', 2 * HOUR), event('paused', 2.5 * HOUR), event('resumed', 2.75 * HOUR), event('paused', 3 * HOUR)];
    const paused = running({ state: 'paused', next_at: null, events });
    expect([held(paused, NOW), left(paused, NOW + HOUR)]).toEqual([0.75 * HOUR, 1.25 * HOUR]);
    expect(held(running({ state: 'paused', next_at: null }), NOW), 'lists do not say').toBeUndefined();
  });

  test('is nothing where nothing is held', () => {
    expect(held(running({ state: 'completed', step: 3 }), NOW)).toBeUndefined();
    expect(held(running({ state: 'scheduled', step: 0, steps: [step(5, 0, 2, 'coming')] }), NOW)).toBeUndefined();
  });
});

describe('steps as they are drawn', () => {
  const said = (one: Deployment) => rungs(one, NOW).map((rung) => [rung.look, rung.at ?? '', rung.more]);

  test('while it runs', () => {
    expect(said(running())).toEqual([
      ['done', at(0), '2 h'],
      ['now', at(2 * HOUR), '1 h of 2 h'],
      ['todo', at(4 * HOUR), 'then 4 h'],
      ['todo', at(8 * HOUR), ''],
    ]);
    expect(rungs(running(), NOW)[1]?.filled).toBe(0.5);
  });

  test('while it is paused nothing to come has a time of the day', () => {
    const paused = running({ state: 'paused', next_at: null, events: [event('paused', 3 * HOUR)] });
    expect(said(paused).slice(1)).toEqual([
      ['now', at(2 * HOUR), '1 h of 2 h'],
      ['todo', '', '1 h after resuming'],
      ['todo', '', '5 h after resuming'],
    ]);
    expect(said(running({ state: 'paused', next_at: null })).slice(1)).toEqual([
      ['now', at(2 * HOUR), 'held for 2 h'],
      ['todo', '', ''],
      ['todo', '', ''],
    ]);
  });

  test('before it starts', () => {
    const waits = running({ state: 'scheduled', step: 0, started_at: null, next_at: null, steps: [step(5, 0, 2, 'coming'), step(100, 2, 0, 'coming')] });
    expect(said(waits)).toEqual([['todo', '', 'at the start'], ['todo', '', '2 h later']]);
    expect(nextStep(waits)?.percentage).toBe(5);
  });

  test('after its end: what was left out, what was never reached', () => {
    const promoted = running({
      state: 'completed', step: 3, next_at: null, finished_at: at(3 * HOUR),
      steps: [step(5, 0, 2, 'past', { entered_at: at(0) }), step(10, 2, 2, 'past', { entered_at: at(2 * HOUR) }), step(50, 4, 4, 'never'), step(100, 8, 0, 'present', { entered_at: at(3 * HOUR) })],
    });
    expect(said(promoted)).toEqual([['done', at(0), '2 h'], ['done', at(2 * HOUR), '1 h'], ['never', '', 'left out'], ['done', at(3 * HOUR), '']]);
    expect(nextStep(promoted)).toBeUndefined();
    const aborted = running({
      state: 'aborted', next_at: null, finished_at: at(2.5 * HOUR),
      steps: [step(5, 0, 2, 'past', { entered_at: at(0) }), step(10, 2, 2, 'past', { entered_at: at(2 * HOUR) }), step(100, 4, 0, 'never')],
    });
    expect(said(aborted)).toEqual([['done', at(0), '2 h'], ['done', at(2 * HOUR), '30 min'], ['never', '', 'not reached']]);
  });
});

test('the next step is counted down', () => {
  expect(countdown(running(), NOW)).toBe('in 1 h');
  expect(countdown(running(), START + 4 * HOUR - 1500)).toBe('in 2 s');
  expect(countdown(running(), START + 5 * HOUR)).toBe('any moment');
  expect(countdown(running({ state: 'paused', next_at: null }), NOW)).toBeUndefined();
});
