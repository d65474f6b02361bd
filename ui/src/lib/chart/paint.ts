import type { Tone } from './data';

/** Colours as a canvas takes them. */
export type Paint = { tone: Record<Tone, string>; grid: string; ink: string; dim: string; surface: string; bad: string; font: string };

const TOKENS: Record<Tone, string> = { 'c-1': '--c-1', 'c-2': '--c-2', 'c-3': '--c-3', 'c-4': '--c-4', 'c-5': '--c-5', 'c-6': '--c-6', bad: '--red' };

/** Reads the tokens as they are now. A custom property comes back unresolved, so an element takes each as its colour first. */
export function paint(inside: HTMLElement): Paint {
  const probe = inside.ownerDocument.createElement('span');
  probe.hidden = true;
  inside.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const read: Paint = {
    tone: Object.fromEntries(Object.entries(TOKENS).map(([tone, token]) => [tone, colour(token)])) as Record<Tone, string>,
    grid: colour('--c-grid'),
    ink: colour('--ink'),
    dim: colour('--ink-3'),
    surface: colour('--surface'),
    bad: colour('--c-bad-band'),
    font: getComputedStyle(inside).fontFamily,
  };
  probe.remove();
  return read;
}
