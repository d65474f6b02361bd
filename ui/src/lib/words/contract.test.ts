import { describe, expect, test } from 'vitest';
import type { Comparison, ContractChange } from '../api/types';
import { changeWords, placesWords, sameContent, sizeWords, textWords, verdictWords } from './contract';

const change = (code: string, subject = 'order_id', detail = ''): ContractChange => ({ bump: 'major', code, subject, detail });
const nothing: Comparison = {
  from: { content_hash: '' },
  to: { content_hash: '' },
  content: { added_lines: 0, removed_lines: 0, added_chars: 0, removed_chars: 0, coarse: false, hunks: [] },
  variables: [],
  settings: [],
  metadata: [],
  forward: { replaceable: true, bump: 'patch', changes: [] },
  backward: { replaceable: true, bump: 'patch', changes: [] },
};

describe('contract changes in words', () => {
  test('say what happens to callers', () => {
    expect(changeWords(change('required_variable_added'))).toBe('`order_id` is new and required. Callers that do not send it will get an error.');
    expect(changeWords(change('setting_changed', 'model', 'The setting "model" is gone.'))).toBe('The setting `model` is gone.');
  });

  test('what is not known yet is said as the server says it', () => {
    expect(changeWords(change('something_new', 'x', 'Something is new.'))).toBe('Something is new.');
  });

  test.each([
    ['variable_removed'], ['variable_newly_required'], ['variable_default_removed'], ['variable_schema_changed'], ['optional_variable_added'], ['variable_now_optional'],
    ['template_changed'], ['roles_changed'], ['placeholders_changed'], ['response_schema_changed'], ['tools_changed'], ['kind_changed'],
  ])('%s is a sentence', (code) => {
    expect(changeWords(change(code, 'x', 'It changed.'))).toMatch(/^[`A-Z].*\.$/);
  });

  test('a verdict names both versions', () => {
    expect(verdictWords(nothing.forward, '1.0.0', '1.0.1')).toBe('The contract is the same: callers of 1.0.0 can be given 1.0.1 as they are.');
    const one = { replaceable: false, bump: 'major', changes: [change('variable_removed')] };
    expect(verdictWords(one, '1.0.0', '2.0.0')).toBe('Callers of 1.0.0 cannot be given 2.0.0 unseen: one change breaks what they rely on.');
  });
});

describe('the size of a comparison', () => {
  const content = { added_lines: 3, removed_lines: 1, added_chars: 1, removed_chars: 1800, coarse: false };

  test('is counted in characters and places', () => {
    expect(sizeWords(content)).toEqual({ plus: '+1 character', minus: '−1,800 characters' });
    expect(textWords(content)).toBe('+1 character, −1,800 characters in 3 lines');
    const chat = { ...content, messages: [{ change: 'changed' }, { change: 'equal' }] };
    const comparison = { ...nothing, content: chat, variables: [{ name: 'a' }], settings: [{ name: 'b' }, { name: 'c' }] };
    expect(placesWords(comparison)).toBe('in 3 lines of 1 of 2 messages, 1 variable, 2 settings');
  });

  test('nothing is nothing', () => {
    expect(placesWords(nothing)).toBe('');
    expect(textWords(nothing.content)).toBe('The same');
    expect(sameContent(nothing)).toBe(true);
    expect(sameContent({ ...nothing, metadata: [{ name: '/a' }] })).toBe(true);
    expect(sameContent({ ...nothing, settings: [{ name: 'a' }] })).toBe(false);
    expect(sameContent({ ...nothing, content: { ...nothing.content, messages: [{ change: 'moved' }] } })).toBe(false);
  });
});
