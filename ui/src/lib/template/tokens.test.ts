import { describe, expect, test } from 'vitest';
import { lines, tokens } from './tokens';

const cut = (text: string, template: string) => tokens(text, template).map((token) => `${token.kind}:${text.slice(token.from, token.to)}`);

describe('what of a template is coloured', () => {
  test.each([
    ['Hello {{ name }}', 'jinja', ['var:{{ name }}']],
    ['{% if a %}x{% endif %}', 'jinja', ['logic:{% if a %}', 'logic:{% endif %}']],
    ['{%- include "support/policy" -%}', 'jinja', ['include:{%- include "support/policy" -%}']],
    ['{# note\nover lines #} {{ b }}', 'jinja', ['comment:{# note\nover lines #}', 'var:{{ b }}']],
    ['never closed {{ a', 'jinja', ['var:{{ a']],
    ['Hello {name}, {{not}} {this one}', 'single_brace', ['var:{name}']],
    ['{ticket.text} {a.}', 'single_brace', ['var:{ticket.text}']],
    ['{{ a }}', 'none', []],
    ['', 'jinja', []],
  ])('%j as %s', (text, template, expected) => {
    expect(cut(text, template)).toEqual(expected);
  });

  test('lines together are the text', () => {
    const text = 'a {{ b }}\n\n{# c\nd #}e\n';
    expect(lines(text, 'jinja').map((line) => line.map((span) => span.text).join('')).join('\n')).toBe(text);
  });
});
