import { expect, test } from 'vitest';
import { nameProblem } from './name';

test('names as the server has them', () => {
  for (const good of ['a', 'support/reply', 'Über uns/ß', 'a b', '...', 'a/.b', '1.0.0', '日本/語', 'a'.repeat(256)]) expect(nameProblem(good), good).toBe('');
  for (const bad of ['', '/', 'a/', '/a', 'a//b', '.', '..', 'a/../b', 'a:b', 'a@b', 'a|b', 'a#b', 'a\nb', 'a'.repeat(257)]) expect(nameProblem(bad), bad).not.toBe('');
});
