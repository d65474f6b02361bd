import { expect, test } from 'vitest';
import type { Deployment, Environment, Prompt, Version } from '$lib/api/types';
import { steps } from './steps';

const environments = ['development', 'staging', 'production'].map((name) => ({ name }) as Environment);
const versions = [3, 2, 1].map((sequence) => ({ version: `1.0.${sequence - 1}`, sequence }) as Version);
const prompt = (live: Record<string, string>, latest = '1.0.2') => ({ live, latest: { version: latest } }) as Prompt;
const went = (environment: string, from: string | null, version: string, direction = 'forward', more: Partial<Deployment> = {}) => ({ environment, from, version, direction, state: 'completed', ended_at: null, ...more }) as Deployment;

test.each([
  ['nothing is live', {}, [], { development: { promote: '1.0.2' }, staging: {}, production: {} }],
  [
    'each is offered what is one step further from users',
    { development: '1.0.2', staging: '1.0.1', production: '1.0.0' },
    [went('production', null, '1.0.0')],
    { development: {}, staging: { promote: '1.0.2' }, production: { promote: '1.0.1' } },
  ],
  ['what is older is not ahead', { staging: '1.0.0', production: '1.0.1' }, [], { development: { promote: '1.0.2' }, staging: {}, production: {} }],
  [
    'what was there before is the way back',
    { development: '1.0.2', staging: '1.0.2', production: '1.0.2' },
    [went('production', '1.0.1', '1.0.2'), went('production', null, '1.0.1')],
    { development: {}, staging: {}, production: { back: '1.0.1' } },
  ],
  [
    'what is on its way, was given up or is live no more says nothing of the way back',
    { development: '1.0.2', staging: '1.0.2', production: '1.0.1' },
    [
      went('production', '1.0.1', '1.0.2', 'forward', { state: 'running' }),
      went('production', '1.0.1', '1.0.2', 'forward', { state: 'aborted' }),
      went('production', '1.0.0', '1.0.2', 'forward', { ended_at: '2026-11-20T12:00:00Z' }),
      went('production', '1.0.0', '1.0.1'),
    ],
    { development: {}, staging: {}, production: { promote: '1.0.2', back: '1.0.0' } },
  ],
  ['who went back is not sent forth again', { production: '1.0.1' }, [went('production', '1.0.2', '1.0.1', 'back')], { development: { promote: '1.0.2' }, staging: {}, production: {} }],
])('%s', (_, live, deployments, expected) => {
  expect(steps(prompt(live as Record<string, string>), environments, versions, deployments)).toEqual(expected);
});
