import { expect, test } from 'vitest';
import { threads, type Said } from './thread';

const said = (key: string, to?: string | null): Said => ({ key, to, by: 'Ada', at: '', comment: key, open: true });

test('answers stand with what they answer, in order', () => {
  const found = threads([said('1'), said('2'), said('3', '1'), said('4', null), said('5', '2'), said('6', '1')]);
  expect(found.map(({ first, answers }) => [first.key, ...answers.map((one) => one.key)])).toEqual([['1', '3', '6'], ['2', '5'], ['4']]);
});
