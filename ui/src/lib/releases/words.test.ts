import { expect, test } from 'vitest';
import { atOnce } from '../deployment/strategy';
import { called, named, startsWords, stateOf, takenBackWords } from './words';

const item = (prompt: string, state = 'completed', live = true) => ({ prompt, version: '1.0.1', from: '1.0.0', build_hash: 'x', dependent: false, deployment_id: 'd', state, percentage: 100, live });
const release = (state: string, items = [item('a'), item('b')]) => ({ id: 'r', environment: 'production', state, possible: [], reason: '', actor: '', created_at: '', items });

test('of many prompts the first are named', () => {
  expect(named([item('a')])).toBe('a');
  expect(named([item('a'), item('b')])).toBe('a and b');
  expect(named([item('a'), item('b'), item('c'), item('d')])).toBe('a, b and 2 more');
  expect(called(release('completed'))).toBe('2 prompts to production');
});

test('what taking it back does is said', () => {
  expect(takenBackWords(release('waiting'))).toContain('given up');
  expect(takenBackWords(release('completed'))).toMatch(/^2 prompts go back/);
  expect(takenBackWords(release('running', [item('a', 'running', false), item('b', 'superseded', false)]))).toMatch(/^1 prompt goes back/);
});

test('an unknown state is named as it is', () => {
  expect(stateOf('half_done').word).toBe('half done');
  expect(stateOf('waiting').tone).toBe('wait');
});

test('how callers would get it is said, after who is asked', () => {
  const policy = { rollback: 'allowed', stages: [{ name: 'Review', approvals: 1 }, { name: 'Release', approvals: 1 }] };
  expect(startsWords(release('running'), atOnce(), policy)).toBe('Everyone in production gets all of it at once.');
  expect(startsWords(release('waiting'), atOnce(), policy)).toBe('It waits until all of it is approved, by Review, then Release. Then everyone in production gets all of it at once.');
  expect(startsWords(release('running'), { ...atOnce(), strategy: 'custom', unit: 'session' }, undefined)).toBe('Sessions in production get it step by step, each prompt for itself: 10, 50 and 100\u2009% over 2 h.');
});
