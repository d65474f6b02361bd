import { profile } from './profile.svelte';

export type Shortcut = {
  /** As in `KeyboardEvent.key`; `Ctrl+K` for a combination; `g p` for one after the other. */
  keys: string;
  does: string;
  run: (event: KeyboardEvent) => void;
  /** Also while a field has the focus. */
  inFields?: boolean;
};

const WAIT_MS = 1200;

/** All keys of what is on the page now. What was registered last wins. */
class Keys {
  all = $state.raw<readonly Shortcut[]>([]);
  /** The same, read by nobody's effect: who registers keys does not depend on others, and a cleanup reads states as they were before. */
  #list: readonly Shortcut[] = [];
  #first: { key: string; at: number } | undefined;

  constructor() {
    addEventListener('keydown', (event) => this.#pressed(event));
  }

  /** Returns how to take them away again: the cleanup of an effect. */
  add(...shortcuts: Shortcut[]): () => void {
    this.#show([...this.#list, ...shortcuts]);
    return () => this.#show(this.#list.filter((shortcut) => !shortcuts.includes(shortcut)));
  }

  #show(list: readonly Shortcut[]): void {
    this.#list = list;
    this.all = list;
  }

  #pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.composedPath()[0];
    const typing = target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
    const modified = event.ctrlKey || event.metaKey;
    const key = (modified ? 'Ctrl+' : '') + (event.altKey ? 'Alt+' : '') + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    const single = event.key.length === 1 && !modified && !event.altKey;
    if (single && (typing || !profile.letters || document.querySelector('dialog[open]'))) return;
    const before = this.#first && event.timeStamp - this.#first.at < WAIT_MS ? `${this.#first.key} ${key}` : undefined;
    const found = (wanted: string) => this.all.findLast((s) => s.keys.toLowerCase() === wanted.toLowerCase() && (!typing || s.inFields));
    const shortcut = (before && found(before)) || found(key);
    this.#first = shortcut ? undefined : { key, at: event.timeStamp };
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run(event);
  }
}

export const keys = new Keys();
