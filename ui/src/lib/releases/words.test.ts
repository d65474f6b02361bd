import { expect, test } from 'vitest';
import { called, named, stateOf, takenBackWords } from './words';

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
