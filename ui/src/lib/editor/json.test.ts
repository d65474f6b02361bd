import { describe, expect, test } from 'vitest';
import { elements, member, members, oneLine, pretty, sameJson } from './json';

describe('JSON as text', () => {
  test('numbers stay as they were written', () => {
    expect(members('{"a": 1.0, "b":1e+2 , "c":12345678901234567890}')).toEqual([
      { name: 'a', json: '1.0' },
      { name: 'b', json: '1e+2' },
      { name: 'c', json: '12345678901234567890' },
    ]);
  });
  test('signs within texts and within others do not cut', () => {
    const text = '{"a,}\\"": "x,]:{", "b": {"c": [1, {"d": ","}]}, "e": []}';
    expect(members(text).map((one) => one.name)).toEqual(['a,}"', 'b', 'e']);
    expect(member(text, 'b')).toBe('{"c": [1, {"d": ","}]}');
    expect(elements('["a,b", [1,2], {"x": 1}]')).toEqual(['"a,b"', '[1,2]', '{"x": 1}']);
  });
  test('nothing inside', () => {
    expect(members('{ }')).toEqual([]);
    expect(elements('[]')).toEqual([]);
  });
  test('pretty reads as the same', () => {
    const text = '{"type":"object","properties":{"a":{"enum":["x","y"]},"n":1.0},"e":{}}';
    expect(JSON.parse(pretty(text))).toEqual(JSON.parse(text));
    expect(pretty(text)).toContain('"n": 1.0');
    expect(sameJson(text, pretty(text))).toBe(true);
    expect(sameJson('1', '1.0')).toBe(false);
    expect(pretty('{"a": ')).toBe('{"a": ');
  });
  test('one line', () => {
    expect(oneLine('{"plan":"business","n":[1,2],"a b":{}}')).toBe('{ plan: "business", n: [1, 2], "a b": {} }');
  });
});
