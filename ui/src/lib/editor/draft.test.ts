import { describe, expect, test } from 'vitest';
import { body, declared, empty, fromVersion, message, same, slot, used } from './draft';

const stored = `{"kind":"chat","template":"jinja","content":[{"role":"system","content":"Hi {{ name }}"},{"placeholder":"history"}],
  "variables":[{"name":"history","schema":{"type":"array"},"default":[1.0],"required":false},{"name":"name","required":true,"description":"who"}],
  "settings":{"temperature":1.0,"model":"m"}}`;

describe('a version in the making', () => {
  test('unchanged it is what it came from, to the digit', () => {
    const draft = fromVersion(stored);
    expect(used(draft)).toEqual(['name', 'history']);
    expect(declared(draft, used(draft))).toEqual(['history', 'name']);
    expect(body(draft, declared(draft, used(draft)), { dry_run: true, bump: undefined })).toBe(
      '{"content":[{"role":"system","content":"Hi {{ name }}"},{"placeholder":"history"}],"template":"jinja",' +
        '"variables":[{"name":"history","schema":{"type":"array"},"default":[1.0],"required":false},{"name":"name","required":true,"description":"who"}],' +
        '"settings":{"temperature":1.0,"model":"m"},"dry_run":true}',
    );
    expect(same(draft, fromVersion(stored))).toBe(true);
  });

  test('every change is seen, blanks in JSON are none', () => {
    const changes: ((draft: ReturnType<typeof fromVersion>) => void)[] = [
      (d) => (d.blocks[0] = message('system', 'Ho')),
      (d) => (d.blocks[0] = message('user', 'Hi {{ name }}')),
      (d) => (d.blocks[1] = slot('past')),
      (d) => d.blocks.reverse(),
      (d) => (d.template = 'none'),
      (d) => (d.settings[0] = { name: 'temperature', json: '1' }),
      (d) => d.settings.pop(),
      (d) => d.kept.push('x'),
      (d) => (d.details.name = { schema: '', required: false, fallback: '', description: 'who' }),
    ];
    for (const change of changes) {
      const draft = fromVersion(stored);
      change(draft);
      expect(same(draft, fromVersion(stored)), String(change)).toBe(false);
    }
    const spaced = fromVersion(stored);
    spaced.details.history = { schema: '{ "type": "array" }', required: false, fallback: '[ 1.0 ]', description: '' };
    expect(same(spaced, fromVersion(stored))).toBe(true);
  });

  test('which variables it declares', () => {
    const draft = fromVersion(stored);
    draft.blocks = [message('system', '{{ fresh }}')];
    expect(declared(draft, used(draft))).toEqual(['fresh']);
    draft.kept = ['name', 'handed'];
    expect(declared(draft, used(draft))).toEqual(['name', 'fresh', 'handed']);
    // What is included may use the rest.
    draft.kept = [];
    draft.blocks = [message('system', '{{ fresh }}{% include "shared/voice" %}')];
    expect(declared(draft, used(draft))).toEqual(['history', 'name', 'fresh']);
  });

  test('what is half written is sent as text, for the server to refuse', () => {
    const draft = empty('text');
    draft.settings = [{ name: 'temperature', json: '0.' }];
    expect(JSON.parse(body(draft, undefined))).toEqual({ content: '', template: 'jinja', settings: { temperature: '0.' } });
  });
});
