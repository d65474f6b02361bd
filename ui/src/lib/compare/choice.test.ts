import { describe, expect, test } from 'vitest';
import type { Environment, Prompt } from '../api/types';
import { askedAs, nextDifference, sides } from './choice';

const environments = [{ name: 'staging', production: false }, { name: 'live', production: true }] as Environment[];
const prompt = (live: Record<string, string>, sequence = 3) => ({ live, latest: sequence ? { version: '2.0.0', sequence } : null }) as unknown as Prompt;
const of = (text: string, which: Prompt) => sides(new URLSearchParams(text), which, environments);

describe('what is compared', () => {
  test.each([
    ['production against the newest', of('', prompt({ live: '1.0.0', staging: '1.1.0' })), { from: 'live', to: 'latest' }],
    ['where nothing is live, the two newest', of('', prompt({ staging: '1.1.0' })), { from: '2', to: 'latest' }],
    ['what the address says', of('from=1.0.0&to=stable', prompt({})), { from: '1.0.0', to: 'stable' }],
    ['half of it', of('to=1.0.0', prompt({ live: '1.1.0' })), { from: 'live', to: '1.0.0' }],
    ['nothing, of a single version', of('', prompt({}, 1)), undefined],
    ['nothing, where there is none', of('from=1&to=2', prompt({}, 0)), undefined],
  ])('%s', (_, got, wanted) => expect(got).toEqual(wanted));

  test('a side is named as it was asked for', () => {
    expect([askedAs('production', '1.0.0'), askedAs('1.0.0', '1.0.0'), askedAs('3', '1.0.0'), askedAs('latest', '1.0.0')]).toEqual(['production', '', '', 'newest']);
  });

  test('differences go round', () => {
    expect([nextDifference(-1, 1, 3), nextDifference(-1, -1, 3), nextDifference(2, 1, 3), nextDifference(0, -1, 3), nextDifference(0, 1, 0)]).toEqual([0, 2, 0, 2, -1]);
  });
});
