import { describe, expect, test } from 'vitest';
import { atOnce, body, BUILT_IN, firstRows, isPlain, read, stepsSaid, withoutRow, withRow, type Row } from './strategy';

const row = (percentage: string, after = '0', scale: Row['scale'] = 'h'): Row => ({ percentage, after, scale });

describe('own steps', () => {
  test('become what the API takes', () => {
    const rows = [row('0.01', 'ignored'), row(' 12,5 ', '90', 'min'), row('50', '1.5'), row('', '2', 'd')];
    expect(read(rows)).toEqual({
      steps: [{ percentage: 0.01, after_s: 0 }, { percentage: 12.5, after_s: 5400 }, { percentage: 50, after_s: 5400 }, { percentage: 100, after_s: 172_800 }],
      errors: new Map(),
    });
    expect(body({ ...atOnce(), strategy: 'custom', rows })).toEqual({ strategy: { steps: read(rows).steps }, unit: 'user' });
    expect(read(firstRows()).errors.size).toBe(0);
  });

  test.each<[string, Row[], string]>([
    ['no number', [row('much'), row('100', '1')], '/strategy/steps/0/percentage'],
    ['nothing', [row(''), row('100', '1')], '/strategy/steps/0/percentage'],
    ['zero', [row('0'), row('100', '1')], '/strategy/steps/0/percentage'],
    ['everybody before the last', [row('100'), row('100', '1')], '/strategy/steps/0/percentage'],
    ['too fine', [row('12.345'), row('100', '1')], '/strategy/steps/0/percentage'],
    ['below the one before', [row('50'), row('25', '1'), row('100', '2')], '/strategy/steps/1/percentage'],
    ['no time', [row('50'), row('100', '')], '/strategy/steps/1/after_s'],
    ['a negative time', [row('50'), row('100', '-1')], '/strategy/steps/1/after_s'],
    ['before the one before', [row('10'), row('50', '3'), row('100', '90', 'min')], '/strategy/steps/2/after_s'],
    ['beyond 90 days', [row('10'), row('100', '91', 'd')], '/strategy/steps/1/after_s'],
  ])('%s is said beside its field', (_, rows, pointer) => {
    expect([...read(rows).errors.keys()]).toEqual([pointer]);
    expect(body({ ...atOnce(), strategy: 'custom', rows })).toBeUndefined();
  });

  test('29.99 and 0.07 are as exact as they are typed', () => {
    expect(read([row('0.07'), row('29.99', '1'), row('100', '2')]).errors.size).toBe(0);
  });

  test('one more stands between its neighbours, and can be taken away', () => {
    const more = withRow(firstRows());
    expect(more.map(({ percentage, after }) => [percentage, after])).toEqual([['10', '0'], ['50', '1'], ['75', '1.5'], ['100', '2']]);
    expect(read(more).errors.size).toBe(0);
    expect(withoutRow(more, 2)).toEqual(firstRows());
    expect(read(withRow([row('100')])).errors.size).toBe(0);
  });
});

describe('what is asked for', () => {
  test('at once is an activation, unless it is to wait', () => {
    expect(isPlain(atOnce())).toBe(true);
    expect(isPlain({ ...atOnce(), hold: true })).toBe(false);
    expect(body({ ...atOnce(), hold: true, unit: 'session' })).toEqual({ strategy: 'immediate', hold: true });
  });
  test('a named strategy says what stays with one version', () => {
    expect(body({ ...atOnce(), strategy: 'canary', unit: 'session', hold: true })).toEqual({ strategy: 'canary', unit: 'session', hold: true });
  });
});

test('steps in words', () => {
  expect(stepsSaid(BUILT_IN.canary)).toBe('5, 10, 25, 50 and 100\u2009% over 1 day');
  expect(stepsSaid([{ percentage: 100, after_s: 0 }])).toBe('100\u2009% at once');
  expect(stepsSaid([{ percentage: 12.5, after_s: 0 }, { percentage: 100, after_s: 600 }])).toBe('12.5 and 100\u2009% over 10 min');
});
