const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far a mark of the time axis is from the next one. */
const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 84 * DAY] as const;

const dayWords = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const hourWords = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayHourWords = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const weekdayWords = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

/** Midnight, here. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Calendar days further, whatever the clock does meanwhile. */
export function addDays(at: number, days: number): number {
  const then = new Date(at);
  then.setDate(then.getDate() + days);
  return then.getTime();
}

export type Mark = { at: number; label: string };

/** Marks of a time axis, at most `most`: midnights where there are several days, full hours and minutes where there are few. */
export function timeMarks(from: number, to: number, most: number, now: number): Mark[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? 365 * DAY;
  const today = dayOf(now);
  const marks: Mark[] = [];
  const put = (at: number, label: string) => {
    if (at >= from && at <= to) marks.push({ at, label });
  };
  if (step >= DAY) {
    for (let at = dayOf(from); at <= to; at = addDays(at, step / DAY)) put(at, at === today ? 'today' : dayWords.format(at));
    return marks;
  }
  for (let day = dayOf(from); day <= to; day = addDays(day, 1)) {
    const next = addDays(day, 1);
    for (let at = day; at < next; at += step) put(at, at === day ? (day === today ? 'today' : dayWords.format(day)) : hourWords.format(at));
  }
  return marks;
}

/** What one bucket is called: `Fri 20 Nov`, `Fri, 20 Nov, 14:00`. */
export const bucketWords = (at: number, interval: string): string => (interval === 'day' ? weekdayWords : dayHourWords).format(at);

export const BUCKET_MS: Record<string, number> = { minute: MINUTE, hour: HOUR, day: DAY };
