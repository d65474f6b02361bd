import type { Distribution, Figures } from '../api/recorded';

/** Beyond this many standard errors a difference is hardly chance, however many figures one looks at. */
const SURE = 3;
const ENOUGH = 30;

/** Is the mean lower (−1) or higher (1) for sure, or can that not be said (0)? */
export function meanMoved(now: Distribution, before: Distribution): -1 | 0 | 1 {
  if (now.count < ENOUGH || before.count < ENOUGH || now.mean === null || before.mean === null) return 0;
  const error = Math.sqrt((now.std ?? 0) ** 2 / now.count + (before.std ?? 0) ** 2 / before.count);
  return beyond(now.mean - before.mean, error);
}

/** The same of error rates. */
export function errorsMoved(now: Figures, before: Figures): -1 | 0 | 1 {
  if (now.count < ENOUGH || before.count < ENOUGH || now.error_rate === null || before.error_rate === null) return 0;
  const both = (now.error_rate * now.count + before.error_rate * before.count) / (now.count + before.count);
  return beyond(now.error_rate - before.error_rate, Math.sqrt(both * (1 - both) * (1 / now.count + 1 / before.count)));
}

function beyond(difference: number, error: number): -1 | 0 | 1 {
  if (Math.abs(difference) <= SURE * error) return 0;
  return difference < 0 ? -1 : 1;
}
