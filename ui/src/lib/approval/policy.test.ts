import { describe, expect, test } from 'vitest';
import type { Stage } from '../api/types';
import { expiries, lines, loosened, rulesOf, stagesSaid, takes, usual, who, type Rules } from './policy';

const stage = (name: string, given: Partial<Stage> = {}): Stage => ({ name, roles: ['approver'], users: [], approvals: 1, ...given });
const rules = (given: Partial<Rules> = {}): Rules => ({ ...rulesOf({ rollback: 'allowed' }), stages: [stage('Review'), stage('Release')], ...given });
const named = (name: string) => ({ name, production: name === 'production' });

test('what is usual: two stages where users are, one before, none farther away', () => {
  const all = usual([named('development'), named('staging'), named('production')]);
  expect([...all].map(([name, stages]) => [name, stages.map((one) => one.name)])).toEqual([['staging', ['Review']], ['production', ['Review', 'Release']]]);
  expect([...usual([named('development'), named('production')]).keys()]).toEqual(['production']);
  expect([...usual([named('production')]).keys()]).toEqual(['production']);
  expect([...usual([]).keys()]).toEqual([]);
  expect(takes(all.get('production') ?? [])).toBe(2);
});

describe('what asks for less', () => {
  test.each<[Partial<Rules>, string[]]>([
    [{}, []],
    [{ stages: [stage('Review')] }, ['the stage Release is gone']],
    [{ stages: [stage('Release'), stage('Review')] }, ['the stages come in another order']],
    [{ stages: [stage('Review', { roles: ['approver', 'admin'] }), stage('Release', { users: ['u'] })] }, ['Review also takes admin', 'Release also takes one more person']],
    [{ allow_author: true }, ['authors approve their own work']],
    [{ expires_after_s: 30 * 86_400 }, ['approvals are valid for 30 days in place of 14 days']],
    // More is asked for.
    [{ stages: [stage('Review', { approvals: 2 }), stage('Release'), stage('Law')], rollback: 'fix_forward', emergency: false, rollback_needs_approval: true, expires_after_s: 86_400 }, []],
  ])('%j', (given, said) => expect(loosened(rules(), rules(given))).toEqual(said));

  test('the other way round', () => {
    const strict = rules({ stages: [stage('Review', { approvals: 2 })], rollback: 'fix_forward', emergency: false, rollback_needs_approval: true });
    expect(loosened(strict, rules({ stages: [stage('Review')] }))).toEqual(['Review asks for 1 in place of 2 approvals', 'the way back is open', 'going back needs no approval', 'an emergency does without approval']);
  });
});

test('rules in words', () => {
  expect(stagesSaid({ rollback: 'allowed', stages: [stage('Review'), stage('Release')] })).toBe('Review, then Release');
  expect(who({ roles: ['approver', 'admin'], users: ['u', 'v'] })).toBe('an approver, an admin or one of 2 named people');
  expect(lines({ rollback: 'fix_forward' }).map((line) => line.text)).toEqual(['Nobody is asked', 'do not approve their own work', 'only forward', 'does without approval', 'after 14 days']);
});

test('a time that somebody set stays to be chosen', () => expect(expiries(7200).map((one) => one.label)).toEqual(['2 h', '1 day', '3 days', '7 days', '14 days', '30 days', '90 days']));
