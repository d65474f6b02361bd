import { describe, expect, test } from 'vitest';
import { expiresAt, may, validity, within } from './keys';

const NOW = Date.parse('2026-11-20T12:00:00Z');

describe('keys in words', () => {
  test.each([
    [['write', 'read', 'render'], 'render, read, write'],
    [['read', 'admin'], 'everything'],
    [['future', 'read'], 'read, future'],
    [[], 'nothing'],
  ])('%j may do %s', (scopes, words) => expect(may(scopes)).toBe(words));

  test('a key does no more than its owner', () => {
    const owner = (...roles: string[]) => ({ roles, instance_admin: false });
    expect([within('admin', undefined), within('deploy', owner('editor')), within('write', owner('viewer', 'editor')), within('admin', owner('operator'))]).toEqual([true, false, true, false]);
    expect([within('admin', owner('admin')), within('deploy', { roles: [], instance_admin: true }), within('read', owner('unheard-of'))]).toEqual([true, true, false]);
  });

  test('when a key ends', () => {
    expect(expiresAt('', '', NOW)).toBeUndefined();
    expect(expiresAt('30', '', NOW)).toBe('2026-12-20T12:00:00.000Z');
    expect(expiresAt('day', '', NOW)).toBeUndefined();
    expect(expiresAt('day', '2027-01-31', NOW)).toBe(new Date('2027-01-31T23:59:59').toISOString());
  });

  test.each([
    [{ revoked_at: '2026-11-01T00:00:00Z', expires_at: null }, 'revoked'],
    [{ expires_at: null }, 'forever'],
    [{ expires_at: '2026-11-20T11:59:59Z' }, 'over'],
    [{ expires_at: '2026-12-04T12:00:00Z' }, 'near'],
    [{ expires_at: '2026-12-04T12:00:01Z' }, 'valid'],
  ])('%j is %s', (key, expected) => expect(validity(key, NOW)).toBe(expected));
});
