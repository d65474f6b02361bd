import { expect, test } from 'vitest';
import { LANGUAGES, snippet } from './usage';

const use = {
  server: 'https://prompts.example.com',
  name: 'support/reply',
  environment: 'production',
  variables: [
    { name: 'shop', required: true },
    { name: 'urgent', required: true, schema: { type: 'boolean' } },
    { name: 'tone', required: false },
    { name: 'language', default: 'en' },
  ],
};

test('only what callers must send is in a snippet, in the words of the language', () => {
  for (const language of LANGUAGES) {
    const text = snippet(language, use);
    expect(text).toContain('production');
    expect(text).toContain('"shop"');
    expect(text).not.toContain('tone');
    expect(text).not.toContain('"language"');
  }
  expect(snippet('Python', use)).toContain('"urgent": True');
  expect(snippet('curl', use)).toContain('/prompts/support%2Freply/resolve');
});

test('a name with a quote cannot leave the shell', () => {
  expect(snippet('curl', { ...use, environment: "it's" })).toContain(String.raw`it'\''s`);
});
