import { expect, test } from 'vitest';
import { NEW } from './draft';
import { isSimple, objectOf, read, show, standIn, typeWord } from './samples';

const of = (schema: string) => ({ ...NEW, schema });

test('values are read and shown without quotes', () => {
  for (const [typed, schema, json] of [
    ['5', '', '"5"'],
    ['5', '{"type":"integer"}', '5'],
    ['five', '{"type":"integer"}', '"five"'],
    ['5', '{"type":"string"}', '"5"'],
    ['{"a": 1.0}', '', '{"a": 1.0}'],
    ['{"a": ', '', '"{\\"a\\": "'],
    ['{"a": 1}', '{"type":"string"}', '"{\\"a\\": 1}"'],
  ] as const) {
    expect(read(typed, schema)).toBe(json);
    expect(read(show(json), schema), typed).toBe(json === '{"a": 1.0}' ? JSON.stringify('{ a: 1.0 }') : json);
  }
});

test('a type and nothing more', () => {
  expect(['', '{"type":"string"}', '{"type":"string","minLength":1}', '{"anyOf":[]}', '{'].map(isSimple)).toEqual([true, true, false, false, false]);
});

test('types in words', () => {
  expect(['', '{"type":"array"}', '{"type":"string","enum":["a"]}', '{"anyOf":[]}', '{"type":'].map(typeWord)).toEqual(['any', 'list', 'choice', 'schema', 'schema']);
});

test('something to show where nobody gave a value', () => {
  expect(standIn('a', NEW, undefined, false)).toBe('"[a]"');
  expect(standIn('a', NEW, undefined, true)).toBe('[]');
  expect(standIn('a', NEW, { name: 'a', fields: ['x'], list: false }, false)).toBe('{"x":"[a.x]"}');
  expect(standIn('a', NEW, { name: 'a', fields: ['x'], list: true }, false)).toBe('[{"x":"[a.x]"}]');
  expect(standIn('a', of('{"enum":["q","r"]}'), undefined, false)).toBe('"q"');
  expect(standIn('a', of('{"type":"integer"}'), undefined, false)).toBe('1');
});

test('an object of values', () => {
  expect(objectOf({ a: '1.0', 'b"': '"x"', half: '{"a"' })).toBe('{"a":1.0,"b\\"":"x","half":"{\\"a\\""}');
});
