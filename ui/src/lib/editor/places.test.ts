import { expect, test } from 'vitest';
import { placeOf, range } from './places';

test('which part a pointer means', () => {
  expect(placeOf('/content', [])).toEqual({ block: 0 });
  expect(placeOf('/content/2/content', [])).toEqual({ block: 2 });
  expect(placeOf('/version/content/1/role', [])).toEqual({ block: 1 });
  expect(placeOf('/variables/1/schema', ['a', 'b'])).toEqual({ variable: 1 });
  expect(placeOf('/variables/order_id', ['order_id'])).toEqual({ value: 'order_id' });
  expect(placeOf('/settings/top~1p', [])).toEqual({ setting: 'top/p' });
  expect(placeOf('/bump', [])).toBe('whole');
  expect(placeOf('', [])).toBe('whole');
});

test('a place in the text', () => {
  const text = 'Hi 🙂 {{ name }}\n{{ foo | nofilter }}';
  const cut = (line: number, column: number) => text.slice(range(text, line, column).from, range(text, line, column).to);
  expect(cut(1, 9)).toBe('name');
  expect(cut(2, 10)).toBe('nofilter'.length > 0 ? 'nofilter' : '');
  expect(cut(2, 99)).toBe('}');
  expect(cut(9, 1)).toBe('{{ foo | nofilter }}');
  expect(range('', 1, 1)).toEqual({ from: 0, to: 0 });
});
