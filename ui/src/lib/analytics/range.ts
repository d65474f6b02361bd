import { addDays, dayOf } from '../chart/days';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const PRESETS = [
  { value: '24h', label: '24\u2009h' },
  { value: '7d', label: '7\u2009d' },
  { value: '14d', label: '14\u2009d' },
  { value: '90d', label: '90\u2009d' },
] as const;
export type Preset = (typeof PRESETS)[number]['value'];

const DAYS: Record<Preset, number> = { '24h': 1, '7d': 7, '14d': 14, '90d': 90 };

export type Interval = 'minute' | 'hour' | 'day';
export type Range = {
  preset: Preset | undefined;
  from: number;
  /** Absent: up to now. */
  to: number | undefined;
  /** The same time before it. */
  before: { from: number; to: number };
  /** Of lines, and of what adds up. */
  fine: Interval;
  coarse: Interval;
};

/** Asked as often as this: the same address is the same question for a while. */
const STEP = 5 * MINUTE;

/**
 * The time that the address says: calendar days of the reader up to now, or from and to. What is compared with it is as long
 * and ends as far back.
 */
export function range(query: URLSearchParams, now: number, usual: Preset = '14d'): Range {
  const [from, to] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')];
  if (from < to) {
    const length = to - from;
    return { preset: undefined, from, to, before: { from: from - length, to: from }, ...intervals(length, from, now) };
  }
  const asked = query.get('range');
  const preset = PRESETS.find((one) => one.value === asked)?.value ?? usual;
  const days = DAYS[preset];
  const cut = Math.floor(now / STEP) * STEP;
  const start = preset === '24h' ? Math.floor(now / HOUR) * HOUR - 23 * HOUR : addDays(dayOf(now), 1 - days);
  return { preset, from: start, to: undefined, before: { from: addDays(start, -days), to: addDays(cut, -days) }, ...intervals(days * DAY, start, now) };
}

/** How long figures are kept by minute and by hour; a little less, so that no question is refused at the edge. */
const KEPT = { minute: 6.9 * DAY, hour: 399 * DAY } as const;

function intervals(length: number, from: number, now: number): { fine: Interval; coarse: Interval } {
  const kept = (wanted: Interval): Interval => {
    if (wanted === 'minute' && from < now - KEPT.minute) return kept('hour');
    return wanted === 'hour' && from < now - KEPT.hour ? 'day' : wanted;
  };
  return { fine: kept(length <= 6 * HOUR ? 'minute' : length <= 15 * DAY ? 'hour' : 'day'), coarse: kept(length <= 3 * HOUR ? 'minute' : length <= 3 * DAY ? 'hour' : 'day') };
}

const dayWords = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const hourWords = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** `7 to 20 November`; `19 Nov, 14:00 to 20 Nov, 15:00`. */
export function rangeWords({ preset, from, to }: Pick<Range, 'preset' | 'from' | 'to'>, now: number): string {
  const whole = (at: number) => new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0;
  if (preset && preset !== '24h') return days(from, now);
  if (to !== undefined && whole(from) && whole(to)) return days(from, to - 1);
  const end = hourWords.format(to ?? now);
  return `${hourWords.format(from)} to ${dayOf(from) === dayOf(to ?? now) ? end.replace(/^.*, /, '') : end}`;
}

function days(from: number, to: number): string {
  if (dayOf(from) === dayOf(to)) return dayWords.format(from);
  const [a, b] = [new Date(from), new Date(to)];
  return `${a.getMonth() === b.getMonth() && a.getFullYear() === b.getFullYear() ? a.getDate() : dayWords.format(a)} to ${dayWords.format(b)}`;
}
