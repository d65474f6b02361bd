import { expect, test } from 'vitest';
import { drafted, EXAMPLES, faults, policyOf, tagsOf, tried } from './policy';

const policy = { bodies: 'truncate', max_body_bytes: 16_384, redact: [{ name: 'email', pattern: 'x@y' }], retention_days: 30, tags: ['plan'] };

test('a form and back is the same policy', () => {
  expect(policyOf(drafted(policy))).toEqual(policy);
  expect(tagsOf(' plan, channel ,, plan')).toEqual(['plan', 'channel']);
});

test('what the server would refuse is said before', () => {
  const draft = drafted(policy);
  expect(faults(draft)).toEqual({});
  expect(faults({ ...draft, kilobytes: '0.5' }).kilobytes).toBeDefined();
  expect(faults({ ...draft, kilobytes: '0.5', bodies: 'drop' }).kilobytes).toBeUndefined();
  expect(faults({ ...draft, days: '1.5' }).days).toBeDefined();
  expect(faults({ ...draft, days: '' }).days).toBeDefined();
  expect(faults({ ...draft, tags: 'a,b,c,d,e,f' }).tags).toContain('6');
});

test('rules are tried one after the other; names stand for what was taken out', () => {
  expect(tried(EXAMPLES, 'mail ada@example.com now')).toEqual({ text: 'mail [email] now' });
  expect(tried([{ name: 'a', pattern: '(?i)SECRET', replacement: '$&-gone' }], 'my secret')).toEqual({ text: 'my $&-gone' });
  expect(tried([{ name: 'bad', pattern: '(' }], 'x').problem).toContain('bad');
  expect(tried([{ name: 'none', pattern: '' }], 'x')).toEqual({ text: 'x' });
});
