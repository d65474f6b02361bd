import { expect, test } from 'vitest';
import { headline, remedy, sorted } from './sentences';

const change = (code: string, subject: string, bump = 'major', detail = `${subject} changed`) => ({ code, subject, bump, detail });

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
