import type { Release, ReleaseItem } from '../api/types';
import type { Tone } from '../deployment/words';
import { many } from '../format/text';
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

/** What taking it back would do to each part that is not left alone. */
export function takenBackWords(one: Release): string {
  if (one.state === 'waiting') return 'Nothing of it has started: all of it is given up, and nothing changes for callers.';
  const served = one.items.filter((item) => item.live || item.state === 'running' || item.state === 'paused');
  const back = served.filter((item) => item.from);
  return `${many(back.length, 'prompt')} ${back.length === 1 ? 'goes' : 'go'} back to what was live before, at once and together. What something else has replaced since stays as it is.`;
}
