const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const exactly = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
});
const thisYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const otherYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const logged = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `20 Nov 2026, 18:06:41 CET`, in the zone of the reader. */
export const exact = (at: string): string => exactly.format(new Date(at));

/** `20 Nov, 18:06:41`, as logs have it. */
export const logTime = (at: string): string => logged.format(new Date(at));

/** "12 min ago" up to a week, then the date. */
export function ago(at: string, now: number): string {
  const then = new Date(at);
  const past = now - then.getTime();
  if (past < MINUTE) return past > -MINUTE ? 'now' : until(at, now);
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min ago`;
  if (past < DAY) return `${Math.floor(past / HOUR)} h ago`;
  if (past < 2 * DAY) return 'yesterday';
  if (past < 7 * DAY) return `${Math.floor(past / DAY)} days ago`;
  return date(at, now);
}

/** The same without "ago", for columns that say so in their head. */
export const since = (at: string, now: number): string => ago(at, now).replace(/ ago$/, '');

/** "in 9 days", for what will be. */
export function until(at: string, now: number): string {
  const left = new Date(at).getTime() - now;
  if (left <= 0) return 'over';
  if (left < HOUR) return `in ${Math.max(1, Math.round(left / MINUTE))} min`;
  if (left < DAY) return `in ${Math.round(left / HOUR)} h`;
  if (left < 2 * DAY) return 'tomorrow';
  if (left < 60 * DAY) return `in ${Math.round(left / DAY)} days`;
  return `in ${Math.round(left / (30 * DAY))} months`;
}

export function date(at: string, now: number): string {
  const then = new Date(at);
  return (then.getFullYear() === new Date(now).getFullYear() ? thisYear : otherYear).format(then);
}
