import { expect, test } from 'vitest';
import { apart, places, shortNames } from './labels';

test('names of lines that end near each other do not lie on each other', () => {
  expect(apart([50, 52, 100], 12, 0, 200)).toEqual([50, 62, 100]);
  expect(apart([52, 50], 12, 0, 200)).toEqual([62, 50]);
  expect(apart([195, 198], 12, 0, 200)).toEqual([188, 200]);
  expect(apart([-5], 12, 0, 200)).toEqual([0]);
});

test('a name stands right of its line, left of it at the edge, and gives way to a newer one', () => {
  const sign = (x: number, label = 'a', width = 30) => ({ x, label, width });
  expect(places([sign(10)], 0, 100, 5)).toEqual([{ left: 15, width: 30, label: 'a' }]);
  expect(places([sign(90)], 0, 100, 5)).toEqual([{ left: 55, width: 30, label: 'a' }]);
  expect(places([sign(40, 'old'), sign(44, 'new')], 0, 100, 5).map((place) => place.label)).toEqual(['new', 'old']);
  expect(places([sign(40, 'old', 60), sign(44, 'new')], 0, 100, 5).map((place) => place.label)).toEqual(['new']);
});

test('names lose their folders only where they would not fit, and stay different', () => {
  expect(shortNames(['a/b', 'c/d'])).toEqual(['a/b', 'c/d']);
  expect(shortNames(['a-long-folder/reply', 'another-folder/translate', 'others'])).toEqual(['reply', 'translate', 'others']);
  expect(shortNames(['a-long-folder-indeed/reply', 'another-long-folder/reply'])).toEqual(['a-long-folder-indeed/reply', 'another-long-folder/reply']);
});
