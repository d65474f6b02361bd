import type { Command } from '../api/deployments';
import type { Deployment, DeploymentStep } from '../api/types';
import { lasting } from '../format/time';
import type { IconName } from '../ui/icons';
import { inWords } from '../words/lists';
import { left } from './steps';
import { everybody, isWaiting, share, units } from './words';

const SECOND = 1000;

export type Effect = { label: string; text: string };

/** What a command will do, before it does it. */
export function effects(command: Command, one: Deployment, now: number): Effect[] {
  switch (command) {
    case 'start':
      return [...reaching(one, one.steps[0], 0), ...then(one, 0)];
    case 'advance':
      return [...reaching(one, one.steps[one.step + 1], one.percentage), ...then(one, one.step + 1)];
    case 'promote': {
      const skipped = one.steps.slice(one.step + 1, -1).map((step) => share(step.percentage));
      return [...reaching(one, one.steps.at(-1), one.percentage), ...(skipped.length > 0 ? [{ label: 'Left out', text: `${inWords(skipped)}: nobody waits for them any more.` }] : [])];
    }
    case 'pause':
      return [stays(one), { label: 'Time', text: `It goes no further until somebody resumes it.${rest(one, now, (time) => ` The ${time} that are left of this step stay.`)}` }];
    case 'resume': {
      const next = one.steps[one.step + 1];
      return [stays(one), { label: 'Time', text: next ? `It goes on: ${share(next.percentage)}${rest(one, now, (time) => ` in ${time}`)}.` : 'It goes on.' }];
    }
    case 'abort':
      return isWaiting(one)
        ? [{ label: 'Traffic', text: `Nothing changes for callers: nobody gets ${one.version} yet.` }, { label: 'Afterwards', text: 'It cannot be started any more.' }]
        : [
            { label: 'Traffic', text: `Nobody gets ${one.version} any more. The ${share(one.percentage)} of ${units(one.unit)} that had it get ${one.from ?? 'what is live'} again, at once.` },
            { label: 'Afterwards', text: 'It cannot go on later. A new deployment begins at its first step.' },
          ];
  }
}

const others = (one: Deployment): string => (one.from ? ` The others get ${one.from} as before.` : '');

const stays = (one: Deployment): Effect => ({ label: 'Traffic', text: `It stays as it is: ${share(one.percentage)} of ${units(one.unit)} get ${one.version}.${others(one)}` });

function reaching(one: Deployment, step: DeploymentStep | undefined, before: number): Effect[] {
  if (!step) return [];
  const instead = before > 0 ? ` in place of ${share(before)} of ${units(one.unit)}` : '';
  if (everybody(step.percentage)) return [{ label: 'Traffic', text: `Everyone gets ${one.version} at once${instead}.${one.from && one.from !== one.version ? ` It is live then, and ${one.from} is not any more.` : ' It is live then.'}` }];
  return [{ label: 'Traffic', text: `${share(step.percentage)} of ${units(one.unit)} get ${one.version} at once${instead}.${others(one)}` }];
}

/** What time does after a step begins. */
function then(one: Deployment, index: number): Effect[] {
  const [step, next] = [one.steps[index], one.steps[index + 1]];
  if (!step || !next) return [];
  return [{ label: 'Time', text: `It is held for ${lasting(step.hold_s * SECOND)}, then ${everybody(next.percentage) ? 'everyone gets it' : `it goes on to ${share(next.percentage)}`}.` }];
}

function rest(one: Deployment, now: number, say: (time: string) => string): string {
  const ms = left(one, now);
  return ms === undefined ? '' : say(lasting(ms));
}

export type Wording = { title: string; button: string; icon: IconName; danger?: true; done: string };

/** What the dialog of a command is called, what its button says, and what is told when it was done. */
export function wording(command: Command, one: Deployment): Wording {
  const what = `${one.prompt} ${one.version}`;
  const place = `in ${one.environment}`;
  const next = one.steps[one.step + 1];
  switch (command) {
    case 'start':
      return { title: `Start ${what} ${place}`, button: everybody(one.steps[0]?.percentage ?? 100) ? 'Start for everyone' : `Start with ${share(one.steps[0]?.percentage ?? 0)}`, icon: 'play', done: `${what} has started ${place}` };
    case 'pause':
      return { title: `Pause ${what} ${place}`, button: `Pause at ${share(one.percentage)}`, icon: 'pause', done: `${what} is paused at ${share(one.percentage)} ${place}` };
    case 'resume':
      return { title: `Resume ${what} ${place}`, button: `Resume at ${share(one.percentage)}`, icon: 'play', done: `${what} goes on ${place}` };
    case 'advance':
      return { title: `Skip ahead with ${what} ${place}`, button: next && !everybody(next.percentage) ? `Skip ahead to ${share(next.percentage)}` : 'Skip ahead to everyone', icon: 'fast-forward', done: `${what} has skipped ahead ${place}` };
    case 'promote':
      return { title: `Promote ${what} to everyone ${place}`, button: 'Promote to everyone', icon: 'rocket', done: `${what} is live ${place}` };
    case 'abort':
      return { title: `Abort ${what} ${place}`, button: isWaiting(one) || !one.from ? `Abort ${one.version}` : `Abort, back to ${one.from}`, icon: 'undo-2', danger: true, done: isWaiting(one) ? `${what} will not be started ${place}` : `${what} is given up ${place}${one.from ? `, everyone gets ${one.from}` : ''}` };
  }
}

/** What buttons say before the dialog. */
export const VERBS: Record<Command, string> = { start: 'Start…', pause: 'Pause…', resume: 'Resume…', advance: 'Skip ahead…', promote: 'Promote to everyone…', abort: 'Abort…' };
