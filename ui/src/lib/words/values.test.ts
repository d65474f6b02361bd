import { describe, expect, test } from 'vitest';
import type { Variable } from '../api/types';
import { differenceWords } from './differences';
import { inWords } from './lists';
import { schemaWords, valueWords, variableChanges, variableWords } from './values';

const variable = (given: Record<string, unknown>) => ({ name: 'n', ...given }) as Variable;

describe('lists and values in words', () => {
  test('lists', () => {
    expect([inWords([]), inWords(['a']), inWords(['a', 'b']), inWords(['a', 'b', 'c'])]).toEqual(['', 'a', 'a and b', 'a, b and c']);
    expect(inWords(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])).toBe('a, b, c, d, e, f and 2 more');
  });

  test.each([
    [{ type: 'string' }, 'string'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{ type: 'array', items: { type: 'object' } }, 'list of object'],
    [{ enum: ['a', 1] }, 'one of a, 1'],
    [{}, 'anything'],
    [undefined, 'anything'],
  ])('%j', (schema, words) => expect(schemaWords(schema)).toBe(words));

  test('variables', () => {
    expect(variableWords(variable({ schema: { type: 'integer' }, default: 6 }))).toBe('integer, default 6');
    expect(variableWords(variable({ required: false }))).toBe('anything, optional');
    expect(variableWords(variable({}))).toBe('anything, required');
    expect(variableChanges(variable({ description: 'a' }), variable({ description: 'b', default: 1 }))).toEqual(['default', 'description']);
  });

  test('values', () => expect([valueWords(''), valueWords('a'), valueWords(null), valueWords({ a: [1] })]).toEqual(['""', 'a', 'null', '{"a":[1]}']));

  test.each([
    [{ name: 'temperature', before: 0.4, after: 0.7 }, '`temperature` from 0.4 to 0.7'],
    [{ name: 'model', after: 'm' }, '`model` is new: m'],
    [{ name: 'model', before: 'm' }, '`model` is gone'],
    [{ name: 'customer', after: { name: 'customer' } }, '`customer` is new'],
    [{ name: 'tools', before: [1], after: [2] }, '`tools` is different'],
    [{ name: 'top_p', before: null, after: 1 }, '`top_p` from null to 1'],
  ])('%j', (difference, words) => expect(differenceWords(difference)).toBe(words));
});
