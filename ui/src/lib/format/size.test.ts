import { expect, test } from 'vitest';
import { bytes } from './size';

test.each([
  [0, '0\u2009bytes'],
  [940, '940\u2009bytes'],
  [16_162, '16.2\u2009KB'],
  [1_000_000, '1\u2009MB'],
  [5e12, '5000\u2009GB'],
])('%d bytes', (n, words) => expect(bytes(n)).toBe(words));
