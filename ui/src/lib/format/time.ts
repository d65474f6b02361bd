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

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayKey = (at: number): string => new Date(at).toDateString();

/** `16:40`, `tomorrow 12:40`, `24 Nov, 12:40`: a time that is near, as one says it. */
export function when(at: string, now: number): string {
  const then = new Date(at).getTime();
  const time = clock.format(then);
  const day = dayKey(then);
  if (day === dayKey(now)) return time;
  if (day === dayKey(now + DAY)) return `tomorrow ${time}`;
  if (day === dayKey(now - DAY)) return `yesterday ${time}`;
  return `${date(at, now)}, ${time}`;
}

/** "2 h 32 min": how long something takes, in its two largest parts. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const two = (first: string, rest: number, unit: string) => (rest > 0 ? `${first} ${rest} ${unit}` : first);
  if (days > 0) return two(days === 1 ? '1 day' : `${days} days`, hours % 24, 'h');
  if (hours > 0) return two(`${hours} h`, minutes % 60, 'min');
  // Seconds count where they are a good part of it.
  if (minutes >= 10) return `${minutes} min`;
  if (minutes > 0) return two(`${minutes} min`, seconds % 60, 's');
  return `${seconds} s`;
}
