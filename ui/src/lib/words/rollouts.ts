/** What happens to deployments by steps and to freezes, as the history says it. */
import { everybody, howOf, share } from '../deployment/words';
import type { IconName } from '../ui/icons';
import { text, type Detail } from './detail';

type Words = { does: string; what?: string; version?: string; deployment?: string; rest?: string; note?: string; icon: IconName; back?: true };

const place = (environment?: string) => `in ${environment ?? '?'}`;
const reason = (detail: Detail) => text(detail, 'reason');
/** The share that is served from then on. */
const reached = (detail: Detail): string => {
  const percentage = typeof detail.percentage === 'number' ? detail.percentage : 0;
  return everybody(percentage) ? 'everyone' : share(percentage);
};

/** It was made, and perhaps started. */
export function created(detail: Detail, environment?: string): Words {
  const [from, until, state, strategy] = [text(detail, 'from'), text(detail, 'to'), text(detail, 'state'), text(detail, 'strategy') ?? ''];
  const common = { what: until, version: until, note: reason(detail) };
  const after = from && from !== until ? `, after ${from}` : '';
  if (state === 'scheduled') return { ...common, does: 'prepared', rest: `for ${environment ?? '?'}, to be started later`, icon: 'hourglass' };
  if (state === 'pending_approval') return { ...common, does: 'asked for', rest: `${place(environment)}, which waits for approval`, icon: 'hourglass' };
  if (state === 'completed') {
    if (text(detail, 'direction') === 'back') return { ...common, does: 'rolled back to', rest: `${place(environment)}${from ? `, from ${from}` : ''}`, icon: 'rotate-ccw', back: true };
    return { ...common, does: 'made', rest: `live ${place(environment)}${after}`, icon: 'rocket' };
  }
  return { ...common, does: 'began to roll out', rest: `${place(environment)} ${howOf(strategy)}${after}`, icon: 'rocket' };
}

/** The detail has states for `from` and `to`, and no version: the deployment itself says which. */
const moved = (does: string, icon: IconName, rest: (detail: Detail) => string, back?: true) => (detail: Detail, environment?: string): Words => ({
  does, what: 'the rollout', deployment: text(detail, 'deployment'), rest: `${place(environment)}${rest(detail)}`, note: reason(detail), icon, back,
});

export const ROLLOUTS: Record<string, (detail: Detail, environment?: string) => Words> = {
  'deployment.create': created,
  'deployment.start': moved('started', 'play', (detail) => `, with ${reached(detail)}`),
  'deployment.pause': moved('paused', 'pause', (detail) => `, at ${reached(detail)}`),
  'deployment.resume': moved('resumed', 'play', (detail) => `, at ${reached(detail)}`),
  'deployment.advance': moved('skipped ahead with', 'fast-forward', (detail) => `, to ${reached(detail)}`),
  // What the clock writes for a reason says nothing more.
  'deployment.advanced': (detail, environment) => ({ ...moved('took', 'rocket', (of) => ` to ${reached(of)}`)(detail, environment), note: undefined }),
  'deployment.completed': (detail, environment) => ({ ...moved('completed', 'check', () => '')(detail, environment), note: undefined }),
  'deployment.promote': moved('promoted', 'rocket', () => ' to everyone'),
  'deployment.abort': moved('aborted', 'ban', () => '', true),
  'environment.freeze': (detail, environment) => ({ does: 'froze', what: environment, rest: text(detail, 'until') ? 'for a while' : undefined, note: reason(detail), icon: 'snowflake' }),
  'environment.unfreeze': (detail, environment) => ({ does: 'unfroze', what: environment, note: reason(detail), icon: 'sun' }),
};

/** Nobody did it: its time had come. */
export const BY_CLOCK = ['deployment.advanced', 'deployment.completed'];

export const ROLLOUT_ACTIONS: readonly (readonly [value: string, label: string])[] = [
  ['deployment.create', 'began a deployment'], ['deployment.start', 'started a deployment'], ['deployment.advanced', 'took the next step'], ['deployment.advance', 'skipped ahead'],
  ['deployment.pause', 'paused a rollout'], ['deployment.resume', 'resumed a rollout'], ['deployment.promote', 'promoted to everyone'], ['deployment.abort', 'aborted a rollout'],
];
