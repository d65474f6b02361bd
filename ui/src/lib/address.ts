import { session } from './state/session.svelte';

const part = encodeURIComponent;

/** Every address of the pages of a project, in one place. */
export const to = {
  home: (project: string): string => `/p/${part(project)}/prompts`,
  prompts: (): string => `/p/${part(session.project)}/prompts`,
  newPrompt: (): string => `/p/${part(session.project)}/new`,
  prompt: (name: string, tab: 'editor' | 'history' | 'compare' | 'deployments' | 'analytics' | 'activity' | '' = ''): string =>
    `/p/${part(session.project)}/prompts/${part(name)}${tab && `/${tab}`}`,
  version: (name: string, version: string): string => `/p/${part(session.project)}/prompts/${part(name)}/versions/${part(version)}`,
  compare: (name: string, from: string, until: string): string => `${to.prompt(name, 'compare')}?from=${part(from)}&to=${part(until)}`,
  editor: (name: string, from?: string): string => `${to.prompt(name, 'editor')}${from ? `?from=${part(from)}` : ''}`,
  deployments: (): string => `/p/${part(session.project)}/deployments`,
  deployment: (id: string): string => `/p/${part(session.project)}/deployments/${part(id)}`,
  releases: (): string => `${to.deployments()}?view=releases`,
  newRelease: (): string => `/p/${part(session.project)}/releases/new`,
  release: (id: string): string => `/p/${part(session.project)}/releases/${part(id)}`,
  approvals: (show: 'open' | 'decided' | '' = ''): string => `/p/${part(session.project)}/approvals${show && `?show=${show}`}`,
  approval: (id: string): string => `/p/${part(session.project)}/approvals/${part(id)}`,
  /** What went live without approval, by its deployment. */
  emergency: (deployment: string): string => `/p/${part(session.project)}/emergencies/${part(deployment)}`,
  waysBack: (): string => `${to.deployments()}?view=back`,
  history: (): string => `/p/${part(session.project)}/history`,
  analytics: (tab: 'quality' | 'usage' | '' = ''): string => `/p/${part(session.project)}/analytics${tab && `/${tab}`}`,
  executions: (): string => `/p/${part(session.project)}/executions`,
  execution: (id: string): string => `${to.executions()}/${part(id)}`,
  import: (): string => `/p/${part(session.project)}/import`,
  audit: (): string => `/p/${part(session.project)}/audit`,
  settings: (page: 'general' | 'environments' | 'keys' | 'users' | 'webhooks' | 'recording' | 'prices' | 'about' | 'account' = 'general'): string =>
    `/p/${part(session.project)}/settings/${page}`,
};
