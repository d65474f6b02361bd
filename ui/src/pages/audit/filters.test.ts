import { expect, test } from 'vitest';
import { actors, asked } from './filters';

test('the address becomes a question', () => {
  expect(asked(new URLSearchParams('who=key:1&what=version.create&prompt=a/b&environment=production&from=2026-11-18&to=2026-11-20'))).toEqual({
    actor: 'key:1', action: 'version.create', prompt: 'a/b', environment: 'production',
    from: new Date(2026, 10, 18).toISOString(), to: new Date(2026, 10, 21).toISOString(),
  });
  expect(asked(new URLSearchParams('from=yesterday&to=&who='))).toEqual({});
});

test('who may be asked for', () => {
  const found = actors(
    [{ id: '1', name: 'shop' }, { id: '2', name: 'gone', revoked_at: '2026-01-01T00:00:00Z' }],
    [{ id: 'p', name: 'Ada' }],
    [{ actor: 'system', actor_name: 'system' }, { actor: 'user:p', actor_name: 'Ada L.' }],
  );
  expect(found).toEqual([{ value: 'user:p', label: 'Ada' }, { value: 'key:1', label: 'shop, key' }, { value: 'system', label: 'system' }]);
});
