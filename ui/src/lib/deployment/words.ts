import type { Deployment } from '../api/types';
import type { IconName } from '../ui/icons';

/** `12.5 %`, with a thin space. */
export const share = (percentage: number): string => `${percentage.toLocaleString('en-US', { maximumFractionDigits: 2 })}\u2009%`;

const UNITS: Record<string, string> = { user: 'users', session: 'sessions', request: 'calls' };

/** What is counted: of what a deployment gives a share. */
export const units = (unit: string): string => UNITS[unit] ?? unit;

export const everybody = (percentage: number): boolean => percentage >= 100;

const MOVING = ['running', 'paused', 'baking'];
const WAITING = ['scheduled', 'pending_approval'];

/** Started, and not at its end. */
export const isUnderWay = (one: Deployment): boolean => MOVING.includes(one.state);
/** Not started yet. */
export const isWaiting = (one: Deployment): boolean => WAITING.includes(one.state);
/** Nothing moves any more by itself. */
export const isOver = (one: Deployment): boolean => !isUnderWay(one) && !isWaiting(one) && one.state !== 'rolling_back';
/** It has, or had, a share before everybody. */
export const hasSteps = (one: Deployment): boolean => one.steps.length > 1;

export type Tone = 'moving' | 'wait' | 'bad' | '';
type Told = { word: string; tone: Tone; icon: IconName };

const STATES: Record<string, Told> = {
  pending_approval: { word: 'Waits for approval', tone: 'wait', icon: 'hourglass' },
  scheduled: { word: 'Waits for its start', tone: 'wait', icon: 'hourglass' },
  running: { word: 'Running', tone: 'moving', icon: 'loader' },
  paused: { word: 'Paused', tone: 'wait', icon: 'pause' },
  baking: { word: 'Still watched', tone: 'moving', icon: 'eye' },
  completed: { word: 'Completed', tone: '', icon: 'check' },
  rolling_back: { word: 'Going back', tone: 'bad', icon: 'undo-2' },
  rolled_back: { word: 'Taken back', tone: 'bad', icon: 'undo-2' },
  aborted: { word: 'Aborted', tone: '', icon: 'ban' },
  superseded: { word: 'Superseded', tone: '', icon: 'arrow-right' },
};

/** A state of a newer server is named as it is. */
export const stateOf = (state: string): Told => STATES[state] ?? { word: state.replaceAll('_', ' '), tone: '', icon: 'info' };

/** To filter by, what is under way first. */
export const STATE_OPTIONS = ['running', 'paused', 'scheduled', 'pending_approval', 'baking', 'completed', 'aborted', 'superseded', 'rolling_back', 'rolled_back'].map((value) => ({ value, label: stateOf(value).word }));

const CAUSES: Record<string, string> = {
  gate: 'A gate has failed.',
  no_data: 'A gate has had no samples for as long as the step is held.',
  metric_error: 'The figures that decide could not be read.',
  srm: 'The groups have not the sizes that they should have.',
  frozen: 'The environment was frozen. It starts when somebody starts it.',
  hold: 'It starts when somebody starts it.',
  rejected: 'It was rejected.',
  withdrawn: 'The request was withdrawn.',
  expired: 'It was not decided in time.',
};

/** Why it waits, is paused or was aborted, where that is not somebody's wish. */
export const causeOf = (one: Deployment): string => (one.state === 'superseded' ? '' : (CAUSES[one.cause ?? ''] ?? ''));

/** The figure first: what it means for callers now. */
export function headline(one: Deployment): string {
  const { version } = one;
  switch (one.state) {
    case 'running':
    case 'paused':
    case 'baking':
      return everybody(one.percentage) ? `Everyone gets ${version}` : `${share(one.percentage)} of ${units(one.unit)} get ${version}`;
    case 'completed':
      return one.ended_at ? `Everyone got ${version}` : `Everyone gets ${version}`;
    case 'pending_approval':
      return `${version} waits for approval`;
    case 'scheduled':
      return `${version} waits for its start`;
    case 'aborted':
      return one.started_at ? `The rollout of ${version} was aborted` : `${version} was never started`;
    case 'superseded':
      return `Another deployment took over from ${version}`;
    case 'rolling_back':
      return `${version} is being taken back`;
    case 'rolled_back':
      return `${version} was taken back`;
    default:
      return `${version}: ${stateOf(one.state).word}`;
  }
}

const STRATEGIES: Record<string, string> = { immediate: 'at once', gradual: 'gradually', canary: 'as a canary', custom: 'by its own steps' };

/** "as a canary". */
export const howOf = (strategy: string): string => STRATEGIES[strategy] ?? strategy;

export const UNIT_SAID: Record<string, string> = {
  user: 'each user stays with one version, by the key of the calls',
  session: 'each session stays with one version, by the key of the calls',
  request: 'nobody stays with one version, each call falls by chance',
};

/** What a browser and a list call it. */
export const called = (one: Deployment): string => `${one.version} to ${one.environment}`;

/** That of a prompt and environment which a share of callers gets now. */
export const rolloutOf = (all: readonly Deployment[], prompt: string, environment: string): Deployment | undefined => all.find((one) => one.prompt === prompt && one.environment === environment);

export const DEPLOY_NEEDED = 'Operators and administrators move deployments.';
