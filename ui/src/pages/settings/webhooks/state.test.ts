import { expect, test } from 'vitest';
import type { Webhook } from '$lib/api/types';
import { eventsOf, outcome, standing, wanted } from './state';

const webhook = (more: Partial<Webhook>): Webhook => ({
  id: 'w', url: 'https://example.com/', events: ['*'], enabled: true, stopped_why: null, behind: 0, failed_attempts: 0,
  failing_since: null, next_attempt_at: null, created_by: 'Ada', created_at: '2026-11-20T10:00:00.000Z', ...more,
});

test('how one stands', () => {
  expect(standing(webhook({}))).toBe('on');
  expect(standing(webhook({ failing_since: '2026-11-20T10:00:00.000Z' }))).toBe('failing');
  expect(standing(webhook({ enabled: false }))).toBe('off');
  expect(standing(webhook({ enabled: false, stopped_why: 'gone' }))).toBe('stopped');
});

test('events as typed and as shown', () => {
  expect(eventsOf(' deployment.*,\n key.create ')).toEqual(['deployment.*', 'key.create']);
  expect(eventsOf(' \n')).toBeUndefined();
  expect([wanted(['*']), wanted(['a.b', 'c.*'])]).toEqual(['everything', 'a.b, c.*']);
});

test('how an attempt went', () => {
  const delivery = { id: 'd', event: 'webhook.test', n: null, attempt: 1, at: '', took_ms: 1200, status: 204, error: null };
  expect(outcome(delivery)).toBe('webhook.test was taken after 1,200 ms');
  expect(outcome({ ...delivery, error: 'The endpoint answered 500.' })).toBe('webhook.test was not taken: The endpoint answered 500.');
});
