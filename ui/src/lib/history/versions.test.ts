import { describe, expect, test } from 'vitest';
import type { Deployment, Version } from '../api/types';
import { near } from '../ui/near';
import { pair, toggled } from './selection';
import { compareNumbers, notesWith, occurring, shortHash, standsOut, takenBack } from './versions';

const version = (number: string, more: Partial<Version> = {}) => ({ version: number, note: '', tags: [], labels: [], live_in: [], ...more }) as unknown as Version;

describe('numbers', () => {
  test('are ordered by meaning', () => {
    const numbers = ['2.0.0', '1.10.0', '1.9.1', '1.10.0-tone.10', '1.10.0-tone.2', '1.9.0'];
    expect(numbers.toSorted(compareNumbers)).toEqual(['1.9.0', '1.9.1', '1.10.0-tone.2', '1.10.0-tone.10', '1.10.0', '2.0.0']);
    expect(compareNumbers('1.2.3', '1.2.3')).toBe(0);
  });

  test('what users have already recedes', () => {
    expect(standsOut(version('1.2.0'), '1.1.9')).toBe(true);
    expect(standsOut(version('1.1.0'), '1.1.9')).toBe(false);
    expect(standsOut(version('1.0.0', { live_in: ['staging'] }), '1.1.9')).toBe(true);
    expect(standsOut(version('1.0.0'), undefined)).toBe(true);
  });

  test('a hash is shortened', () => expect(shortHash('sha256:9f2c41aa')).toBe('9f2c41'));
});

describe('taken back', () => {
  const went = (from: string | null, to: string, direction = 'forward', environment = 'production', state = 'completed') => ({ from, version: to, direction, environment, state }) as Deployment;

  test('is what an older version replaced', () => {
    expect([...takenBack([went('1.1.0', '1.0.0', 'back'), went('1.0.0', '1.1.0'), went(null, '1.0.0')])]).toEqual(['1.1.0']);
  });
  test('until it is live again', () => {
    expect([...takenBack([went('1.0.0', '1.1.0'), went('1.1.0', '1.0.0', 'back'), went('1.0.0', '1.1.0')])]).toEqual([]);
  });
  test('also if a newer one replaced it after that', () => {
    expect([...takenBack([went('1.1.0', '1.2.0'), went('1.0.0', '1.1.0'), went('1.1.0', '1.0.0', 'back')])]).toEqual([]);
  });
  test('not while the way back is given to some only, or was given up', () => {
    expect([...takenBack([went('1.1.0', '1.0.0', 'back', 'production', 'running'), went('1.1.0', '1.0.0', 'back', 'production', 'aborted'), went('1.0.0', '1.1.0')])]).toEqual([]);
  });
  test('in each environment by itself', () => {
    expect([...takenBack([went('1.0.0', '1.1.0', 'forward', 'staging'), went('1.1.0', '1.0.0', 'back')])]).toEqual(['1.1.0']);
  });
});

describe('filters over what is loaded', () => {
  const all = [version('1.0.0', { note: 'Shorter refund paragraph' }), version('1.0.1', { note: 'No emoji', labels: ['stable'] })];
  test('every word is looked for', () => {
    expect(notesWith(all, 'refund short')).toEqual([all[0]]);
    expect(notesWith(all, 'STABLE')).toEqual([all[1]]);
    expect(notesWith(all, ' ')).toBe(all);
  });
  test('options hold what is chosen', () => {
    expect(occurring(['b', 'a', 'b'], 'c').map((option) => option.value)).toEqual(['a', 'b', 'c']);
  });
});

describe('selection', () => {
  const [a, b, c] = [{ version: '1.0.0', sequence: 1 }, { version: '1.1.0', sequence: 2 }, { version: '2.0.0', sequence: 3 }] as const;
  test('holds two; a third replaces the first', () => {
    expect(toggled(toggled(toggled([], a), b), c)).toEqual([b, c]);
    expect(toggled([a, b], a)).toEqual([b]);
  });
  test('compares the older with the newer', () => {
    expect(pair([c, a])).toEqual({ from: '1.0.0', to: '2.0.0' });
    expect(pair([c])).toBeUndefined();
  });
});

describe('rows near the window', () => {
  test.each([
    ['at the top', near(10_000, 40, 0, 800), { from: 0, until: 30 }],
    ['in the middle', near(10_000, 40, 200_000, 800), { from: 4990, until: 5030 }],
    ['at the end', near(100, 40, 3600, 800), { from: 80, until: 100 }],
    ['above the table', near(100, 40, -2000, 800), { from: 0, until: 0 }],
    ['past it', near(100, 40, 90_000, 800), { from: 100, until: 100 }],
    ['of unknown height', near(100, 0, 0, 800), { from: 0, until: 10 }],
  ])('%s', (_, got, wanted) => expect(got).toEqual(wanted));
});
