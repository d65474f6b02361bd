import { expect, test } from '@playwright/test';
import { Api, PASSWORD } from './support/api';
import { database } from './support/postgres';
import { Program } from './support/program';

test('on PostgreSQL one comes in as well', async ({ browser }) => {
  const { url, drop } = database();
  const server = await Program.start(url);
  try {
    const page = await browser.newPage();
    await page.goto(server.welcome);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('Email').fill('ada@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await expect(page.getByRole('button', { name: 'You: Ada' })).toBeVisible();
    expect(await new Api(server.url).ask('GET', '/session', undefined, null)).toMatchObject({ setup: false });
    await page.close();
  } finally {
    await server.stop();
    drop();
  }
});
