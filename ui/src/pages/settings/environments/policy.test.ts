import { expect, test } from 'vitest';
import { places, said } from './policy';

const named = (name: string, position: number) => ({ name, position, production: name === 'production' });

test('a new environment stands before production unless one says otherwise', () => {
  const all = places([named('development', 1), named('production', 2), named('mirror', 3)]);
  expect(all.map((place) => [place.value, place.label])).toEqual([
    ['1', 'First, before development'],
    ['2', 'Between development and production'],
    ['3', 'Between production and mirror'],
    ['4', 'Last, after mirror'],
  ]);
  expect(all.filter((place) => place.usual).map((place) => place.value)).toEqual(['2']);
  expect(places([])).toEqual([{ value: '1', label: 'First', usual: true }]);
});

test('a policy of a newer server is named as it is', () => {
  expect([said('fix_forward'), said('twice')]).toEqual(['Only forward', 'twice']);
});
