import type { Route } from './lib/state/router.svelte';

/** Pages of a project; each is loaded when it is first needed. */
export const routes: readonly Route[] = [
  { pattern: '/p/:project/prompts', load: () => import('./pages/prompts/List.svelte') },
  { pattern: '/p/:project/new', load: () => import('./pages/editor/New.svelte') },
  { pattern: '/p/:project/import', load: () => import('./pages/import/Import.svelte') },
  { pattern: '/p/:project/prompts/:name', load: () => import('./pages/prompt/Overview.svelte') },
  { pattern: '/p/:project/prompts/:name/editor', load: () => import('./pages/editor/Editor.svelte') },
  { pattern: '/p/:project/prompts/:name/history', load: () => import('./pages/prompt/History.svelte') },
  { pattern: '/p/:project/prompts/:name/versions/:version', load: () => import('./pages/prompt/VersionView.svelte') },
  { pattern: '/p/:project/prompts/:name/compare', load: () => import('./pages/prompt/Compare.svelte') },
  { pattern: '/p/:project/prompts/:name/activity', load: () => import('./pages/activity/Activity.svelte') },
  { pattern: '/p/:project/history', load: () => import('./pages/history/History.svelte') },
  { pattern: '/p/:project/audit', load: () => import('./pages/audit/Audit.svelte') },
  { pattern: '/p/:project/settings', load: () => import('./pages/settings/General.svelte') },
  { pattern: '/p/:project/settings/general', load: () => import('./pages/settings/General.svelte') },
  { pattern: '/p/:project/settings/environments', load: () => import('./pages/settings/Environments.svelte') },
  { pattern: '/p/:project/settings/keys', load: () => import('./pages/settings/Keys.svelte') },
  { pattern: '/p/:project/settings/users', load: () => import('./pages/settings/Users.svelte') },
  { pattern: '/p/:project/settings/about', load: () => import('./pages/settings/About.svelte') },
  { pattern: '/p/:project/settings/account', load: () => import('./pages/settings/Account.svelte') },
];
