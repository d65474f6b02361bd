import type { Deployment, DeploymentStep } from '../api/types';
import { lasting } from '../format/time';
import { isUnderWay, isWaiting } from './words';

const SECOND = 1000;
const time = (at: string): number => new Date(at).getTime();
const within = (value: number, most: number): number => Math.max(0, Math.min(value, most));

/** Milliseconds for which the present step has been held, without its pauses. Undefined where nothing is held, or it is not known. */
export function held(one: Deployment, now: number): number | undefined {
  const step = one.steps[one.step];
  if (!step || step.hold_s <= 0 || !step.entered_at) return undefined;
  const whole = step.hold_s * SECOND;
  if (one.state === 'running') return one.next_at ? within(whole - (time(one.next_at) - now), whole) : undefined;
  if (one.state !== 'paused') return undefined;
  const entered = time(step.entered_at);
  let [pausedAt, pauses]: [number | undefined, number] = [undefined, 0];
  for (const event of one.events ?? []) {
    const at = time(event.at);
    if (at < entered) continue;
    if (event.kind === 'paused') pausedAt = at;
    else if (event.kind === 'resumed' && pausedAt !== undefined) {
      pauses += at - pausedAt;
      pausedAt = undefined;
    }
  }
  return pausedAt === undefined ? undefined : within(pausedAt - entered - pauses, whole);
}

/** What is left of the present step; it does not shrink while paused. */
export function left(one: Deployment, now: number): number | undefined {
  const step = one.steps[one.step];
  const done = held(one, now);
  return step && done !== undefined ? step.hold_s * SECOND - done : undefined;
}

/** The step that is to come, if one is. */
export const nextStep = (one: Deployment): DeploymentStep | undefined => (isWaiting(one) ? one.steps[0] : isUnderWay(one) ? one.steps[one.step + 1] : undefined);

/** One step as the page draws it. */
export type Rung = {
  percentage: number;
  look: 'done' | 'now' | 'todo' | 'never';
  /** For who does not see how it looks. */
  said: string;
  /** When it began, or will. */
  at?: string;
  /** How long it was held, is, or will be. */
  more: string;
  /** Of its own bar, from 0 to 1. */
  filled: number;
};

export function rungs(one: Deployment, now: number): Rung[] {
  const done = held(one, now);
  const rest = left(one, now);
  return one.steps.map((step, i): Rung => {
    const { percentage } = step;
    const at = step.entered_at ?? undefined;
    const whole = lasting(step.hold_s * SECOND);
    switch (step.state) {
      case 'past': {
        const until = one.steps.slice(i + 1).find((later) => later.entered_at)?.entered_at ?? one.finished_at;
        return { percentage, look: 'done', said: 'past', at, more: at && until ? lasting(time(until) - time(at)) : '', filled: 1 };
      }
      case 'present': {
        if (!isUnderWay(one)) return { percentage, look: 'done', said: 'reached', at, more: '', filled: 1 };
        const filled = done === undefined || step.hold_s <= 0 ? (step.hold_s <= 0 ? 1 : 0) : done / (step.hold_s * SECOND);
        const more = done === undefined ? (step.hold_s > 0 ? `held for ${whole}` : '') : `${lasting(done)} of ${whole}`;
        return { percentage, look: 'now', said: 'now', at, more, filled };
      }
      case 'coming': {
        const then = step.hold_s > 0 ? `then ${whole}` : '';
        if (one.state === 'running' && step.expected_at) return { percentage, look: 'todo', said: 'to come', at: step.expected_at, more: then, filled: 0 };
        return { percentage, look: 'todo', said: 'to come', more: afterwards(one, i, rest), filled: 0 };
      }
      default: {
        const passed = one.steps.slice(i + 1).some((later) => later.entered_at);
        return { percentage, look: 'never', said: passed ? 'left out' : 'not reached', more: passed ? 'left out' : 'not reached', filled: 0 };
      }
    }
  });
}

/** When a step would begin that waits for somebody: it has no time of the day. */
function afterwards(one: Deployment, index: number, rest: number | undefined): string {
  const step = one.steps[index];
  if (!step) return '';
  if (isWaiting(one)) return index === 0 ? 'at the start' : `${lasting(step.after_s * SECOND)} later`;
  if (rest === undefined) return '';
  const between = one.steps.slice(one.step + 1, index).reduce((sum, before) => sum + before.hold_s * SECOND, 0);
  return `${lasting(rest + between)} after resuming`;
}

/** When time moves it on, counted down; undefined where it does not. */
export function countdown(one: Deployment, now: number): string | undefined {
  if (one.state !== 'running' || !one.next_at) return undefined;
  const ms = time(one.next_at) - now;
  return ms <= 0 ? 'any moment' : `in ${lasting(Math.ceil(ms / SECOND) * SECOND)}`;
}
