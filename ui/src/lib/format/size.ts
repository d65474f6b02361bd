const UNITS = ['bytes', 'KB', 'MB', 'GB'] as const;

/** `940 bytes`, `16.2 KB`: three figures at most. */
export function bytes(n: number): string {
  let [value, unit] = [n, 0];
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))}\u2009${UNITS[unit] ?? ''}`;
}
