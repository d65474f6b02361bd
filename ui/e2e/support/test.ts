import { test as base } from '@playwright/test';
import { Api } from './api';
import { Program } from './program';

/** The server of the file that runs now. */
type Current = { of: (file: string) => Promise<Program> };

/** Every test has the server of its file. What fails in the page fails the test. */
export const test = base.extend<{ server: Program; api: Api; calm: undefined }, { current: Current }>({
  current: [
    async ({}, use) => {
      let file = '';
      let program: Program | undefined;
      await use({
        of: async (wanted) => {
          if (program && file === wanted) return program;
          await program?.stop();
          [file, program] = [wanted, await Program.start()];
          return program;
        },
      });
      await program?.stop();
    },
    { scope: 'worker' },
  ],
  server: async ({ current }, use, info) => use(await current.of(info.file)),
  baseURL: async ({ server }, use) => use(server.url),
  api: async ({ server }, use) => use(new Api(server.url)),
  calm: [
    async ({ page }, use) => {
      const broken: string[] = [];
      page.on('pageerror', (error) => broken.push(error.stack ?? error.message));
      page.on('console', (said) => {
        // An answer that refuses is no fault of the page; what it does about it, the test says.
        if (said.type() === 'error' && !said.text().startsWith('Failed to load resource')) broken.push(said.text());
      });
      await use(undefined);
      base.expect(broken, 'nothing fails in the page').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect, type Page } from '@playwright/test';
