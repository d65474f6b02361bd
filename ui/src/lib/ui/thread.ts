import type { IconName } from './icons';

/** Something that was said, alone or with what was done. */
export type Said = {
  key: string;
  /** Key of what it answers; none: it begins a thread. */
  to?: string | null;
  /** None: the clock. */
  by?: string;
  at: string;
  comment: string;
  did?: { does: string; icon?: IconName; tone?: string };
  /** Whoever looks may answer it. */
  open: boolean;
};

export type Thread = { first: Said; answers: Said[] };

/** In the order in which they were begun, answers with what they answer. */
export const threads = (all: readonly Said[]): Thread[] => all.filter((one) => !one.to).map((first) => ({ first, answers: all.filter((one) => one.to === first.key) }));
