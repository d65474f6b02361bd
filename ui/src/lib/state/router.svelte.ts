import type { Component } from 'svelte';

/** A page takes what its address names: the parameters of its route. */
export type Page = { default: Component<never> };
export type Route = { pattern: string; load: () => Promise<Page> };
export type Match = { route: Route; params: Record<string, string> };

/** Segments that begin with a colon match one segment of the address, decoded; a last one that ends with `?` may be absent. */
export function match(routes: readonly Route[], pathname: string): Match | undefined {
  const given = pathname.split('/').filter(Boolean);
  for (const route of routes) {
    const wanted = route.pattern.split('/').filter(Boolean);
    const open = wanted.at(-1)?.endsWith('?') && given.length === wanted.length - 1;
    if (open) wanted.pop();
    if (wanted.length !== given.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((part, i) => {
      const segment = given[i] ?? '';
      if (!part.startsWith(':')) return part === segment;
      try {
        params[part.slice(1).replace(/\?$/, '')] = decodeURIComponent(segment);
        return true;
      } catch {
        return false;
      }
    });
    if (fits) return { route, params };
  }
  return undefined;
}

/** Answers whether a page may be left; it may ask first. */
export type Guard = (to: string) => boolean;

class Router {
  pathname = $state(location.pathname);
  search = $state(location.search);
  readonly query = $derived(new URLSearchParams(this.search));
  #guard: Guard | undefined;

  constructor() {
    addEventListener('popstate', () => this.#popped());
    document.addEventListener('click', (event) => this.#clicked(event));
    addEventListener('beforeunload', (event) => {
      if (this.#guard && !this.#guard('')) event.preventDefault();
    });
  }

  /** Until the returned function is called, leaving the page asks `guard`. */
  guarded(guard: Guard): () => void {
    this.#guard = guard;
    return () => {
      if (this.#guard === guard) this.#guard = undefined;
    };
  }

  /** With `keep` the page stays where it is scrolled to: the address only says what lies over it. */
  go(to: string, options: { replace?: boolean; force?: boolean; keep?: boolean } = {}): void {
    const url = new URL(to, location.href);
    const leaves = url.pathname !== this.pathname;
    if (leaves && !options.force && this.#guard && !this.#guard(to)) return;
    history[options.replace ? 'replaceState' : 'pushState'](null, '', url);
    this.#read();
    if (leaves && !options.keep) {
      scrollTo(0, 0);
      // A screen reader and the keyboard go on from the top of the new page, unless that took the focus itself.
      requestAnimationFrame(() => {
        const main = document.querySelector<HTMLElement>('main');
        if (!main?.contains(document.activeElement)) main?.focus({ preventScroll: true });
      });
    }
  }

  /** Changes what the address says after the question mark; empty values are left out. */
  setQuery(change: Record<string, string | null | undefined>, replace = true): void {
    const query = new URLSearchParams(this.search);
    for (const [name, value] of Object.entries(change)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    const text = query.toString();
    this.go(text ? `${this.pathname}?${text}` : this.pathname, { replace });
  }

  #popped(): void {
    const to = location.pathname + location.search;
    if (location.pathname !== this.pathname && this.#guard && !this.#guard(to)) {
      history.pushState(null, '', this.pathname + this.search);
      return;
    }
    this.#read();
  }

  #read(): void {
    this.pathname = location.pathname;
    this.search = location.search;
  }

  #clicked(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link?.href || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    // An anchor within the page is the browser's.
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  }
}

export const router = new Router();
