import { describe, expect, test } from 'vitest';
import { found } from './variables';

const names = (text: string, template = 'jinja') => found(text, template).map((one) => one.name);

describe('variables that are found while typing', () => {
  test.each([
    ['Hi {{ name }}, {{ other }} and {{ name }}', ['name', 'other']],
    ['{{ user.name | default("x") | upper }}', ['user']],
    ['{% if customer.plan == "business" and not closed %}x{% elif n > 3 %}{% endif %}', ['customer', 'closed', 'n']],
    ['{% for a in articles %}{{ a.title }} {{ loop.index }}{{ outer }}{% endfor %}{{ a }}', ['articles', 'outer', 'a']],
    ['{% for key, value in things.items() %}{{ key }}{{ value }}{% endfor %}', ['things']],
    ['{% set total = price * 2 %}{{ total }}', ['price']],
    ['{% set x %}{{ y }}{% endset %}{{ x }}', ['y']],
    ['{% with a = b %}{{ a }}{% endwith %}{{ a }}', ['b', 'a']],
    ['{{ x is defined }} {{ x is not none }} {{ items | join(sep=", ") }}', ['x', 'items']],
    ['{{ range(count) | list }} {{ "{{ text }}" }}', ['count']],
    ['{# {{ hidden }} #}{% raw %}{{ kept }}{% endraw %}{{ after }}', ['after']],
    ['{% include "shared/voice" %}{{ a[b] }}', ['a', 'b']],
    ['{{ a if b else c }} {{- d -}}', ['a', 'b', 'c', 'd']],
    ['never closed {{ nam', []],
    ['just begun {{ na and {{ other }}', ['other']],
    ['{% for %}{{ }}{% %}', []],
  ])('%s', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  test('single braces', () => {
    expect(names('{name} {ticket.text} {{not}} {"json": 1} {{{deep}}}', 'single_brace')).toEqual(['name', 'ticket', 'deep']);
    expect(names('{{ a }}', 'none')).toEqual([]);
  });

  test('what is asked of them', () => {
    expect(found('{{ t.text }}{{ t.at }}{% for a in list %}{{ a.title }}{% endfor %}', 'jinja')).toEqual([
      { name: 't', fields: ['text', 'at'], list: false },
      { name: 'list', fields: ['title'], list: true },
    ]);
    expect(found('{{ name.upper() }}', 'jinja')[0]?.fields).toEqual([]);
  });
});
