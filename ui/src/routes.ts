import type { Route } from './lib/state/router.svelte';

/** Pages of a project; each is loaded when it is first needed. */
export const routes: readonly Route[] = [
  { pattern: '/p/:project/prompts', load: () => import('./pages/prompts/List.svelte') },
  { pattern: '/p/:project/prompts/:name', load: () => import('./pages/prompt/Overview.svelte') },
  { pattern: '/p/:project/new', load: () => import('./pages/editor/New.svelte') },
  { pattern: '/p/:project/prompts/:name/editor', load: () => import('./pages/editor/Editor.svelte') },
];
