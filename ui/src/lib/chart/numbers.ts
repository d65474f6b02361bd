import { count, dollars } from '../format/text';

/** What a figure measures; it decides how it is written. */
export type Unit = 'count' | 'money' | 'ms' | 'rate';

const THIN = '\u2009';
/** Where there is no value. */
export const NONE = '–';
const SECOND = 1000;
const MINUTE = 60 * SECOND;

const figures = (n: number, digits: number): string => Number(n.toPrecision(digits)).toLocaleString('en-US', { maximumFractionDigits: 12 });

/** `184,210`, `1.98 M`, `2.1 B`. */
export function amount(n: number): string {
  if (n >= 999_500_000) return `${figures(n / 1e9, 3)}${THIN}B`;
  if (n >= 1e6) return `${figures(n / 1e6, 3)}${THIN}M`;
  return Number.isInteger(n) || n >= 100 ? count(Math.round(n)) : figures(n, 3);
}

/** `$398.20`, `$0.000225`, `$12,346`. */
export function money(usd: number): string {
  if (usd < 0) return `−${money(-usd)}`;
  if (usd >= 1e6) return `$${amount(usd)}`;
  return usd >= 10_000 ? `$${count(Math.round(usd))}` : dollars(usd);
}

/** `820 ms`, `3.2 s`, `2 min 5 s`. */
export function duration(ms: number, digits = 3): string {
  if (ms < 0) return `−${duration(-ms, digits)}`;
  if (ms < SECOND - 0.5) return `${figures(ms, ms < 100 ? Math.min(digits, 2) : 3)}${THIN}ms`;
  if (ms < MINUTE - 500) return `${figures(ms / SECOND, digits)}${THIN}s`;
  const seconds = Math.round(ms / SECOND);
  return `${count(Math.floor(seconds / 60))}${THIN}min${seconds % 60 ? ` ${seconds % 60}${THIN}s` : ''}`;
}

/** Of a share from 0 to 1: `0.67 %`, `12.3 %`, `100 %`; what is not nothing never reads as nothing. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return `0${THIN}%`;
  if (value < 0.01) return `< 0.01${THIN}%`;
  const decimals = value < 10 ? 2 : value < 99.95 ? 1 : 2;
  return `${Number(value.toFixed(decimals))}${THIN}%`;
}

/** In whole percent, for lists: `37 %`, `< 1 %`. */
export const wholePercent = (share: number): string => (share > 0 && share < 0.005 ? `< 1${THIN}%` : `${Math.round(share * 100)}${THIN}%`);

export function written(unit: Unit, value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  return { count: amount, money, ms: (ms: number) => duration(ms), rate: percent }[unit](value);
}

const sign = (n: number): string => (n > 0 ? '+' : n < 0 ? '−' : '');

/** Against what it was before: `+6 %`, `−0.1 s`, `+0.09 pt`; nothing where one of them is not known. */
export function change(unit: Unit, now: number | null | undefined, before: number | null | undefined): string {
  if (now === null || now === undefined || before === null || before === undefined) return '';
  const difference = now - before;
  if (unit === 'rate') {
    const points = Number((Math.abs(difference) * 100).toFixed(2));
    return `${points === 0 ? '±' : sign(difference)}${points}${THIN}pt`;
  }
  if (unit === 'ms') {
    const apart = duration(Math.abs(difference), 2);
    return /^0\D/.test(apart) ? `±0${THIN}ms` : `${sign(difference)}${apart}`;
  }
  if (before === 0) return '';
  const relative = (difference / before) * 100;
  if (Math.abs(relative) >= 1000) return `${figures(now / before, 2)} times`;
  const whole = Math.round(Math.abs(relative));
  return `${whole === 0 ? '±' : sign(difference)}${whole}${THIN}%`;
}

/** Marks of an axis from zero: round steps, at most five of them, the last at or above the highest value. */
export function ticks(highest: number, most = 4): number[] {
  if (!(highest > 0)) return [0, 1];
  const rough = highest / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough * 0.999_999) ?? 10) * power;
  const marks: number[] = [];
  for (let i = 0; i === 0 || (marks.at(-1) ?? 0) < highest * 0.999_999; i++) marks.push(Number((i * step).toPrecision(12)));
  return marks;
}

/** Their labels: the unit stands at the top one only. */
export function tickLabels(unit: Unit, marks: readonly number[]): string[] {
  const top = marks.at(-1) ?? 0;
  const [scale, word] = scaleOf(unit, top);
  return marks.map((mark, i) => {
    const value = figures(mark / scale, 6);
    if (i < marks.length - 1) return value;
    return unit === 'money' ? `$${value}${word && THIN + word}` : `${value}${word && THIN + word}`;
  });
}

function scaleOf(unit: Unit, top: number): [number, string] {
  if (unit === 'rate') return [0.01, '%'];
  if (unit === 'ms') return top >= MINUTE * 3 ? [MINUTE, 'min'] : top >= SECOND ? [SECOND, 's'] : [1, 'ms'];
  if (top >= 1e9) return [1e9, 'B'];
  if (top >= 1e6) return [1e6, 'M'];
  if (top >= 10_000) return [1000, 'k'];
  return [1, ''];
}
