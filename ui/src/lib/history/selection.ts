export type Chosen = { version: string; sequence: number };

/** Two at most: a third takes the place of the one that was chosen first. */
export function toggled(chosen: readonly Chosen[], one: Chosen): readonly Chosen[] {
  const without = chosen.filter(({ sequence }) => sequence !== one.sequence);
  return without.length < chosen.length ? without : [...without.slice(-1), one];
}

/** The older is what the newer is compared with, in whichever order they were chosen. */
export function pair(chosen: readonly Chosen[]): { from: string; to: string } | undefined {
  const [from, to] = chosen.toSorted((a, b) => a.sequence - b.sequence);
  return from && to ? { from: from.version, to: to.version } : undefined;
}
