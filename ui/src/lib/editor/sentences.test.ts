import { expect, test } from 'vitest';
import { headline, pieces, remedy, sentence, sorted } from './sentences';

const change = (code: string, subject: string, bump = 'major', detail = `${subject} changed`) => ({ code, subject, bump, detail });

test('a sentence for every code of the contract', () => {
  const codes = ['required_variable_added', 'variable_newly_required', 'variable_default_removed', 'variable_removed', 'variable_schema_changed', 'placeholders_changed', 'response_schema_changed', 'tools_changed', 'kind_changed', 'optional_variable_added', 'variable_now_optional', 'setting_changed', 'template_changed', 'roles_changed'];
  for (const code of codes) expect(sentence(change(code, 'x')), code).not.toBe('x changed');
  expect(sentence(change('something_new', 'x'))).toBe('x changed');
  expect(sentence(change('setting_changed', 'model', 'minor', 'The setting "model" is gone.'))).toBe('`model` is no longer set.');
});

test('the head says how many break', () => {
  expect(headline([], true)).toBe('First version.');
  expect(headline([], false)).toBe('Only the words changed.');
  expect(headline([change('a', 'x'), change('b', 'y'), change('c', 'z', 'minor')], false)).toBe('2 breaking changes:');
  expect(sorted([change('c', 'z', 'minor'), change('a', 'x')]).map((one) => one.code)).toEqual(['a', 'c']);
});

test('how callers can be spared', () => {
  expect(remedy([change('required_variable_added', 'a'), change('variable_removed', 'b')])).toEqual({ label: 'Make it optional instead', does: 'optional', names: ['a'] });
  expect(remedy([change('variable_removed', 'b'), change('variable_removed', 'c')])?.label).toBe('Keep them declared instead');
  expect(remedy([change('tools_changed', 'tools')])).toBeUndefined();
  expect(remedy([change('optional_variable_added', 'a', 'minor')])).toBeUndefined();
});

test('names are code', () => {
  expect(pieces('`a` is new')).toEqual([{ text: 'a', code: true }, { text: ' is new', code: false }]);
});
