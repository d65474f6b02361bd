export type Span = { from: number; until: number };

/** Which rows are near enough to be seen. `above`: how far the first row lies above the upper edge of the window. */
export function near(count: number, row: number, above: number, height: number, beyond = 10): Span {
  if (row <= 0) return { from: 0, until: Math.min(count, beyond) };
  const first = Math.floor(above / row) - beyond;
  const last = Math.ceil((above + height) / row) + beyond;
  const from = Math.max(0, Math.min(first, count));
  return { from, until: Math.max(from, Math.min(last, count)) };
}
