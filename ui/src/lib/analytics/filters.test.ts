import { expect, test } from 'vitest';
import { session } from '../state/session.svelte';
import { countryName, during, explored, FAILED, groupName, narrowed } from './filters';

const of = (text: string) => narrowed(new URLSearchParams(text), 'production');

test('production unless another environment is asked for', () => {
  expect(of('')).toEqual({ environment: 'production' });
  expect(of('environment=staging&model=gpt-4o&range=7d')).toEqual({ environment: 'staging', model: 'gpt-4o' });
  expect(of('environment=all&prompt=a%2Fb')).toEqual({ prompt: 'a/b' });
});

test('figures lead to the executions that they are made of', () => {
  session.choose('default');
  const filter = during({ environment: 'production', prompt: 'a/b' }, { from: 0, to: undefined });
  expect(explored(filter, { status: FAILED })).toBe('/p/default/executions?environment=production&prompt=a%2Fb&from=1970-01-01T00%3A00%3A00.000Z&status=error%2Ctimeout%2Cblocked');
  expect(explored({})).toBe('/p/default/executions');
});

test('names of lines', () => {
  expect(groupName({ model: 'gpt-4o' }, 'model')).toBe('gpt-4o');
  expect(groupName({ others: true }, 'model')).toBe('others');
  expect(groupName({}, 'model')).toBe('unknown');
  expect(countryName('DE')).toBe('Germany');
  expect(countryName('unknown')).toBe('unknown');
});
