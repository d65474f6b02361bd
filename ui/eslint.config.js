import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'test-results/', 'shots/', 'src/lib/api/schema.d.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    rules: {
      // The compiler says this better, and knows types.
      'no-undef': 'off',
      // Text of prompts is never interpreted as HTML.
      'svelte/no-at-html-tags': 'error',
      // A strict Content-Security-Policy has no inline styles.
      'svelte/no-inline-styles': ['error', { allowTransitions: true }],
      // Links are plain links; the router listens to them.
      'svelte/no-navigation-without-resolve': 'off',
      // A Map or URLSearchParams that never changes needs no reactivity.
      'svelte/prefer-svelte-reactivity': 'off',
      // A space that must stay at the end of a line.
      'svelte/no-useless-mustaches': 'off',
      'max-lines': ['error', { max: 400 }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['e2e/**'],
    // Playwright reads from the pattern what a fixture needs, and some need nothing.
    rules: { 'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }] },
  },
);
