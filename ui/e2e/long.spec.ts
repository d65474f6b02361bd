import { enter } from './support/crew';
import { expect, test } from './support/test';

const MANY = 620;
const AT_ONCE = 20;

test('a long list draws what is seen, and is found, filtered and walked to its end', async ({ page, api, server }) => {
  const names = Array.from({ length: MANY }, (_, i) => `folder-${i % 3}/prompt-${String(i).padStart(4, '0')}`);
  for (let i = 0; i < names.length; i += AT_ONCE) {
    await Promise.all(names.slice(i, i + AT_ONCE).map((name) => api.ask('POST', '/prompts', { name, kind: 'text', description: `The ${name}` })));
  }
  await enter(page, api, server, ['editor']);
  await expect(page.getByText(/^620 prompts/)).toBeVisible();
  const rows = page.locator('.plist-prompt');
  expect(await rows.count()).toBeLessThan(100);
  const last = page.getByRole('link', { name: /prompt-0617/ });
  for (const loaded of [', 400 loaded', ', 600 loaded', '']) {
    await page.keyboard.press('End');
    await expect(page.getByText(`620 prompts${loaded}`, { exact: true })).toBeVisible();
  }
  await page.keyboard.press('End');
  await expect(last).toBeVisible();
  expect(await rows.count()).toBeLessThan(100);

  await page.keyboard.press('/');
  await page.keyboard.type('prompt-0300');
  await expect(page.getByText('1 prompt', { exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: /prompt-0300/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText(/^620 prompts/)).toBeVisible();
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: /^folder-0/ }).click();
  await expect(page.getByRole('link', { name: /prompt-0000/ })).toHaveCount(0);
  await expect(page.getByRole('link', { name: /prompt-0001/ })).toBeVisible();
});
