import type { Deployment, Version } from '../api/types';

/** Order of numbers by meaning: a pre-release comes before its release. */
export function compareNumbers(a: string, b: string): number {
  const [left, right] = [a, b].map((number) => {
    const dash = number.indexOf('-');
    return { parts: (dash < 0 ? number : number.slice(0, dash)).split('.').map(Number), pre: dash < 0 ? '' : number.slice(dash + 1) };
  });
  if (!left || !right) return 0;
  for (let i = 0; i < 3; i++) {
    const step = (left.parts[i] ?? 0) - (right.parts[i] ?? 0);
    if (step !== 0) return step;
  }
  if (left.pre === right.pre) return 0;
  if (!left.pre || !right.pre) return left.pre ? -1 : 1;
  return left.pre.localeCompare(right.pre, 'en', { numeric: true });
}

/** What stands out in a list: what is live somewhere, and what users do not have yet. */
export const standsOut = (version: Version, production: string | undefined): boolean =>
  version.live_in.length > 0 || !production || compareNumbers(version.version, production) > 0;

/**
 * Versions that an older one replaced, and that were not live there again. Deployments come newest first; what they say of
 * a version in an environment is settled by the newest that names it.
 */
export function takenBack(deployments: readonly Deployment[]): Set<string> {
  const settled = new Set<string>();
  const back = new Set<string>();
  for (const { environment, version, from, direction, state } of deployments) {
    // What waits, is on its way or was given up has replaced nothing.
    if (state !== 'completed') continue;
    if (from && !settled.has(`${environment} ${from}`)) {
      settled.add(`${environment} ${from}`);
      if (direction === 'back' && from !== version) back.add(from);
    }
    settled.add(`${environment} ${version}`);
  }
  return back;
}

/** The first bytes of a content hash, without its kind. */
export const shortHash = (hash: string): string => hash.replace(/^sha256:/, '').slice(0, 6);

/** Notes that hold every word that is looked for, in any order. */
export function notesWith(versions: readonly Version[], text: string): readonly Version[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return versions;
  return versions.filter((version) => {
    const among = `${version.version} ${version.note} ${version.tags.join(' ')} ${version.labels.join(' ')}`.toLowerCase();
    return words.every((word) => among.includes(word));
  });
}

/** What occurs, each once, in order of the alphabet, and what the address asks for although it does not occur. */
export const occurring = (values: readonly string[], chosen: string): { value: string; label: string }[] =>
  [...new Set([...values, ...(chosen ? [chosen] : [])])].toSorted((a, b) => a.localeCompare(b)).map((value) => ({ value, label: value }));
