import type { Route } from './lib/state/router.svelte';

/** Pages of a project; each is loaded when it is first needed. */
export const routes: readonly Route[] = [
  { pattern: '/p/:project/prompts', load: () => import('./pages/prompts/List.svelte') },
  { pattern: '/p/:project/prompts/:name', load: () => import('./pages/prompt/Overview.svelte') },
  { pattern: '/p/:project/prompts/:name/history', load: () => import('./pages/prompt/History.svelte') },
  { pattern: '/p/:project/prompts/:name/compare', load: () => import('./pages/prompt/Compare.svelte') },
  { pattern: '/p/:project/prompts/:name/versions/:version', load: () => import('./pages/prompt/VersionView.svelte') },
  { pattern: '/p/:project/history', load: () => import('./pages/history/History.svelte') },
];
