/** Heights that are at least `least` from each other and within bounds, each as near as that allows to where it was. In the given order. */
export function apart(wanted: readonly number[], least: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const out = [...wanted];
  let before = top - least;
  for (const i of order) before = out[i] = Math.max(out[i] ?? 0, before + least);
  let after = bottom + least;
  for (const i of order.toReversed()) after = out[i] = Math.min(out[i] ?? 0, after - least);
  return out;
}

export type Sign = { x: number; width: number; label: string };
export type Place = { left: number; width: number; label: string };

/** Where names of vertical lines stand: right of theirs, else left of it, else nowhere. The newest come first to a place. */
export function places(signs: readonly Sign[], left: number, right: number, gap: number): Place[] {
  const taken: { left: number; right: number }[] = [];
  const found: Place[] = [];
  for (const { x, width, label } of signs.toSorted((a, b) => b.x - a.x)) {
    const fits = [x + gap, x - gap - width].find((at) => at >= left && at + width <= right && !taken.some((one) => at < one.right + gap && at + width > one.left - gap));
    if (fits === undefined) continue;
    taken.push({ left: Math.min(x, fits), right: Math.max(x, fits + width) });
    found.push({ left: fits, width, label });
  }
  return found;
}

/** What fits beside a title. */
const ROOM = 44;

/** Names of prompts without their folders, where they would not fit otherwise and stay different. */
export function shortNames(names: readonly string[]): string[] {
  if (names.join('').length <= ROOM) return [...names];
  const own = names.map((name) => name.slice(name.lastIndexOf('/') + 1));
  return new Set(own).size === names.length ? own : [...names];
}
