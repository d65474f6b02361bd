import { expect, test } from 'vitest';
import type { Key } from '$lib/api/types';
import { connected } from './setup';

const NOW = Date.parse('2026-11-20T00:00:00Z');
const key = (more: Partial<Key>): Key => ({ id: 'k', name: 'shop', prefix: 'pk_1', scopes: ['render'], created_by: 'Ada', created_at: '2026-01-01T00:00:00Z', ...more });

test('an application is connected by a valid key that is not one’s own', () => {
  expect(connected([], 'me', NOW)).toBe(false);
  expect(connected([key({})], 'me', NOW)).toBe(true);
  expect(connected([key({ user: { id: 'me', name: 'Ada' } })], 'me', NOW)).toBe(false);
  expect(connected([key({ user: { id: 'you', name: 'Bo' } })], 'me', NOW)).toBe(true);
  expect(connected([key({ revoked_at: '2026-11-01T00:00:00Z' }), key({ expires_at: '2026-11-19T00:00:00Z' })], 'me', NOW)).toBe(false);
});
