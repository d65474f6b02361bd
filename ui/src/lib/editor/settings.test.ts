import { expect, test } from 'vitest';
import { changes, get, put, stopJson, stopLines, summary, written } from './settings';

const base = [{ name: 'model', json: '"m"' }, { name: 'temperature', json: '1.0' }];

test('setting keeps the order, empty takes away', () => {
  expect(put(base, 'model', '"n"').map((one) => one.json)).toEqual(['"n"', '1.0']);
  expect(put(base, 'top_p', '1').at(-1)).toEqual({ name: 'top_p', json: '1' });
  expect(put(base, 'model', '')).toEqual([base[1]]);
  expect(get(base, 'nothing')).toBe('');
});

test('what changed', () => {
  expect(changes(base, put(put(base, 'temperature', '0.3'), 'stop', '["a"]'))).toEqual([
    { name: 'temperature', before: '1.0', after: '0.3' },
    { name: 'stop', before: '', after: '["a"]' },
  ]);
  expect(changes(base, base)).toEqual([]);
});

test('stop texts are lines', () => {
  for (const json of ['["END","a \\"b\\"","x\\ny"]', '["\\\\"]']) expect(stopJson(stopLines(json))).toBe(json);
  expect(stopLines('"END"')).toBe('END');
  expect(stopJson('\n')).toBe('');
});

test('in words', () => {
  expect(summary('tools', '[{"name":"a"},{"type":"function","function":{"name":"b"}}]')).toBe('a, b');
  expect(summary('model', '"m"')).toBe('m');
  expect(summary('stop', '')).toBe('none');
  expect(written(' 0.30 ', 'number')).toBe('0.30');
});
