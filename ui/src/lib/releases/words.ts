import type { Policy, Release, ReleaseItem } from '../api/types';
import { asks, stagesSaid } from '../approval/policy';
import { stepsOf, stepsSaid, type How } from '../deployment/strategy';
import { units, type Tone } from '../deployment/words';
import { many, titled } from '../format/text';
import type { IconName } from '../ui/icons';

type Told = { word: string; tone: Tone; icon: IconName };

const STATES: Record<string, Told> = {
  waiting: { word: 'Waits', tone: 'wait', icon: 'hourglass' },
  running: { word: 'Running', tone: 'moving', icon: 'loader' },
  completed: { word: 'Completed', tone: '', icon: 'check' },
  taken_back: { word: 'Taken back', tone: 'bad', icon: 'undo-2' },
  ended: { word: 'Given up', tone: '', icon: 'ban' },
};

/** A state of a newer server is named as it is. */
export const stateOf = (state: string): Told => STATES[state] ?? { word: state.replaceAll('_', ' '), tone: '', icon: 'info' };

/** "support/reply, shared/tone and 3 more". */
export function named(items: readonly Pick<ReleaseItem, 'prompt'>[]): string {
  const SHOWN = 2;
  const names = items.slice(0, SHOWN).map((item) => item.prompt);
  const more = items.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(' and ');
}

/** "3 prompts to production". */
export const called = (one: Pick<Release, 'items' | 'environment'>): string => `${many(one.items.length, 'prompt')} to ${one.environment}`;

/** Nothing of what waits was ever served. */
export const backWord = (one: Pick<Release, 'state'>): string => (one.state === 'waiting' ? 'Give up' : 'Take back');

/** What taking it back would do to each part that is not left alone. */
export function takenBackWords(one: Release): string {
  if (one.state === 'waiting') return 'Nothing of it has started: all of it is given up, and nothing changes for callers.';
  const served = one.items.filter((item) => item.live || item.state === 'running' || item.state === 'paused');
  const back = served.filter((item) => item.from);
  return `${many(back.length, 'prompt')} ${back.length === 1 ? 'goes' : 'go'} back to what was live before, at once and together. What something else has replaced since stays as it is.`;
}

/** How callers would get it, and who is asked before. */
export function startsWords(one: Pick<Release, 'state' | 'environment'>, how: How, policy: Policy | undefined): string {
  const steps = stepsOf(how);
  const starts = steps.length > 1 ? `${units(how.unit)} in ${one.environment} get it step by step, each prompt for itself: ${stepsSaid(steps)}.` : `everyone in ${one.environment} gets all of it at once.`;
  return one.state === 'waiting' ? `It waits until all of it is approved${policy && asks(policy) ? `, by ${stagesSaid(policy)}` : ''}. Then ${starts}` : titled(starts);
}
