import type { Api } from './api';

type Environment = { policy: Record<string, unknown> };

const REVIEW = { name: 'Review', roles: ['approver', 'admin'], approvals: 1 };
const RELEASE = { name: 'Release', roles: ['approver', 'admin'], approvals: 1 };

/** Prompts with two versions each, the first of which is live in an environment of its own, which asks for approval from now on. */
export async function asking(api: Api, environment: string, prompts: string | string[], stages: unknown[] = [REVIEW, RELEASE]): Promise<void> {
  await api.ask('POST', '/environments', { name: environment });
  for (const prompt of [prompts].flat()) {
    await api.publish(prompt, 'Answer kindly.', { activate: environment });
    await api.publish(prompt, 'Answer kindly, and be brief.', { note: 'Shorter answers' });
  }
  const present = await api.ask<Environment>('GET', `/environments/${environment}`);
  await api.ask('PUT', `/environments/${environment}`, { ...present, policy: { ...present.policy, stages } });
}

export type Told = { id: string; state: string; percentage: number; version: string; approval?: { id: string } };

export const ask = (api: Api, prompt: string, environment: string, more: Record<string, unknown> = {}): Promise<Told> => api.ask('POST', '/deployments', { prompt, version: '2', environment, strategy: 'immediate', ...more });

export async function served(api: Api, prompt: string, environment: string): Promise<string> {
  const { version } = await api.ask<{ version: string }>('GET', `/prompts/${encodeURIComponent(prompt)}/active?environment=${environment}`);
  return version;
}
