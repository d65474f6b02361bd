import type { Environment, Freeze } from '../api/types';

/** The freeze that is on: one ends by its time, without anybody saying so. */
export function frozen(environment: Pick<Environment, 'freeze'> | undefined, now: number): Freeze | undefined {
  const freeze = environment?.freeze;
  if (!freeze) return undefined;
  return freeze.until && new Date(freeze.until).getTime() <= now ? undefined : freeze;
}

const HOUR_MS = 3_600_000;

/** How long, as it is chosen. */
export const ENDS = [
  { value: '', label: 'when somebody ends it' },
  { value: '1', label: 'in 1 hour' },
  { value: '4', label: 'in 4 hours' },
  { value: '24', label: 'in a day' },
  { value: '168', label: 'in a week' },
  { value: 'at', label: 'at a time…' },
] as const;

/** As the API takes it. `at`: what a field of the browser for day and time says, in the zone of the reader. */
export function until(choice: string, at: string, now: number): string | undefined {
  if (choice === '') return undefined;
  const time = choice === 'at' ? new Date(at).getTime() : now + Number(choice) * HOUR_MS;
  return Number.isFinite(time) ? new Date(time).toISOString() : undefined;
}

/** Why this end is none. */
export function wrongEnd(choice: string, at: string, now: number): string | undefined {
  if (choice !== 'at') return undefined;
  const time = new Date(at).getTime();
  if (!Number.isFinite(time)) return 'Choose a day and a time.';
  return time <= now ? 'This time is over; choose a later one.' : undefined;
}
