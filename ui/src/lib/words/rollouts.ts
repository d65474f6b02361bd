/** What happens to deployments by steps and to freezes, as the history says it. */
import { everybody, howOf, share } from '../deployment/words';
import { many } from '../format/text';
import type { IconName } from '../ui/icons';
import { inner, text, words, type Detail } from './detail';

type Words = { does: string; what?: string; version?: string; deployment?: string; approval?: string; release?: string; rest?: string; note?: string; icon: IconName; back?: true };

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

/** Several prompts together. */
const released = (does: string, icon: IconName, back?: true) => (detail: Detail, environment?: string): Words => ({
  does, what: many(Array.isArray(detail.items) ? detail.items.length : 0, 'prompt'), release: text(detail, 'release'), rest: `together ${place(environment)}`, note: reason(detail), icon, back,
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
  'release.create': (detail, environment) => released(text(detail, 'state') === 'waiting' ? 'asked to release' : 'released', 'rocket')(detail, environment),
  'release.start': released('started', 'play'),
  'release.abort': released('gave up', 'ban', true),
  'release.rollback': released('took back', 'rotate-ccw', true),
  'environment.freeze': (detail, environment) => ({ does: 'froze', what: environment, rest: text(detail, 'until') ? 'for a while' : undefined, note: reason(detail), icon: 'snowflake' }),
  'environment.unfreeze': (detail, environment) => ({ does: 'unfroze', what: environment, note: reason(detail), icon: 'sun' }),
};

/** Of a request: the approval says which version; the entry says of which prompt. */
const requested = (does: string, icon: IconName, rest = '', back?: true) => (detail: Detail, environment?: string): Words => ({
  does, what: 'the request', approval: text(detail, 'approval'), rest: `${place(environment)}${rest}`, note: text(detail, 'comment') ?? text(detail, 'note'), icon, back,
});

export const APPROVALS: Record<string, (detail: Detail, environment?: string) => Words> = {
  'approval.open': (detail, environment) => ({ does: 'asked for', what: 'approval', approval: text(detail, 'approval'), rest: [environment && place(environment), inner(detail, 'after') && 'for rules that ask for less'].filter(Boolean).join(' ') || undefined, note: text(detail, 'note') ?? text(detail, 'reason'), icon: 'stamp' }),
  'approval.approve': (detail, environment) => requested('approved', 'circle-check', `${text(detail, 'stage') ? `, for ${text(detail, 'stage') ?? ''}` : ''}${text(detail, 'state') === 'approved' ? ', the last that was missing' : ''}`)(detail, environment),
  'approval.reject': requested('rejected', 'ban', '', true),
  'approval.request_changes': requested('asked for changes of', 'message-square-warning'),
  'approval.comment': requested('commented on', 'message-square'),
  'approval.withdraw': requested('withdrew', 'undo-2'),
  'approval.expired': requested('let', 'clock-alert', ' expire'),
  'approval.carried_out': requested('carried out', 'check'),
  'approval.looked_at': requested('looked again at', 'eye', ', by the rules as they are now'),
  'emergency.review': (detail, environment) => ({ does: 'reviewed', what: 'the emergency', rest: `${place(environment)} and found it ${detail.approved === true ? 'right' : 'not right'}`, deployment: text(detail, 'deployment'), note: text(detail, 'comment'), icon: 'shield-check' }),
  'policy.reset': (detail, environment) => ({ does: 'reset on the host the rules of', what: environment, note: reason(detail), icon: 'shield-alert', back: true }),
  'rollback.create': (detail, environment) => ({
    does: 'rolled back to', what: text(detail, 'to'), version: text(detail, 'to'), rest: `${place(environment)}, from ${text(detail, 'from') ?? '?'}${text(detail, 'kind') === 'emergency' ? ', in an emergency' : ''}`, note: reason(detail), icon: 'rotate-ccw', back: true,
  }),
  'rollback.settle': (detail, environment) => ({ does: words(detail, 'lagging').length > 0 ? 'gave up waiting for servers after a way back' : 'saw a way back on every server', rest: place(environment), icon: 'undo-2' }),
};

/** Nobody did it: its time had come. */
export const BY_CLOCK = ['deployment.advanced', 'deployment.completed', 'approval.expired', 'approval.carried_out', 'approval.looked_at', 'rollback.settle'];

export const ROLLOUT_ACTIONS: readonly (readonly [value: string, label: string])[] = [
  ['deployment.create', 'began a deployment'], ['deployment.start', 'started a deployment'], ['deployment.advanced', 'took the next step'], ['deployment.advance', 'skipped ahead'],
  ['deployment.pause', 'paused a rollout'], ['deployment.resume', 'resumed a rollout'], ['deployment.promote', 'promoted to everyone'], ['deployment.abort', 'aborted a rollout'],
  ['release.create', 'released several prompts'], ['release.start', 'started a release'], ['release.abort', 'gave up a release'], ['release.rollback', 'took back a release'],
];

export const APPROVAL_ACTIONS: readonly (readonly [value: string, label: string])[] = [
  ['approval.open', 'asked for approval'], ['approval.approve', 'approved'], ['approval.request_changes', 'requested changes'], ['approval.reject', 'rejected'], ['approval.comment', 'commented'],
  ['approval.withdraw', 'withdrew a request'], ['approval.expired', 'let a request expire'], ['approval.carried_out', 'carried out a request'], ['approval.looked_at', 'looked again at a request'],
  ['emergency.review', 'reviewed an emergency'], ['policy.reset', 'reset the rules on the host'], ['rollback.create', 'rolled back'], ['rollback.settle', 'saw a way back settle'],
];
