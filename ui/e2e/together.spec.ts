import { enter } from './support/crew';
import { expect, test } from './support/test';

test('two windows stay in step without a reload', async ({ page, api, server, browser }) => {
  await api.publish('live/one', 'One.', { activate: 'production' });
  await api.publish('live/one', 'Two.');
  await enter(page, api, server, ['admin'], '/p/default/prompts');
  const other = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const second = await other.newPage();
  await second.context().addCookies(await page.context().cookies());
  await second.goto('/p/default/prompts/live%2Fone');
  await expect(second.getByRole('status').filter({ hasText: /Serving, revision/ })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: /Serving, revision/ })).toBeVisible();
  await second.getByRole('button', { name: 'Roll back' }).waitFor({ state: 'detached' });

  await api.activate('live/one', '1.0.1', 'production');
  // Within a second of the answer: longer is out of step.
  await expect(page.getByRole('row', { name: /live\/\s*one/ })).toContainText('1.0.1', { timeout: 1000 });
  await expect(second.locator('.live-band')).toContainText('1.0.1', { timeout: 1000 });
  await other.close();
});

test('a viewer is offered no change, and the server refuses it anyway', async ({ page, api, server }) => {
  await api.publish('view/only', 'Look.', { activate: 'development' });
  await enter(page, api, server, ['viewer'], '/p/default/prompts/view%2Fonly');
  await expect(page.getByRole('heading', { name: 'view/only' })).toBeVisible();
  await expect(page.getByRole('button', { name: /Promote/ })).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Edit/ })).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0);
  const { csrf } = await (await page.request.get('/api/v1/session')).json();
  const refused = await page.request.post('/api/v1/prompts/view%2Fonly/activate', {
    headers: { 'X-CSRF-Token': csrf, 'X-Project': 'default' },
    data: { version: '1.0.0', environment: 'production' },
  });
  expect(refused.status()).toBe(403);
  const forged = await page.request.post('/api/v1/prompts', { headers: { 'X-Project': 'default' }, data: { name: 'x', kind: 'text' } });
  expect(await forged.json()).toMatchObject({ code: 'csrf' });
});

test('prompts, names and notes are never markup', async ({ page, api, server }) => {
  const evil = '<img src=x onerror="window.hurt = 1"><script>window.hurt = 1</script>{{ name }}';
  await api.publish('evil/markup', evil, { note: evil, activate: 'production' });
  await api.publish('evil/markup', `${evil} more`, { note: '</span><svg onload="window.hurt = 1">' });
  await api.ask('PATCH', '/prompts/evil%2Fmarkup', { description: evil, owner: '<b>owner</b>', tags: ['<i>tag</i>'] });
  await enter(page, api, server, ['admin']);
  for (const path of ['', '/evil%2Fmarkup', '/evil%2Fmarkup/history', '/evil%2Fmarkup/compare?from=1&to=2', '/evil%2Fmarkup/editor', '/evil%2Fmarkup/activity', '/evil%2Fmarkup/versions/1.0.0']) {
    await page.goto(`/p/default/prompts${path}`);
    await expect(page.getByRole('main')).toContainText(path.includes('activity') ? 'administrator' : 'img src=x');
    expect(await page.locator('img').count(), path).toBe(0);
    expect(await page.evaluate(() => 'hurt' in window), path).toBe(false);
  }
});

test('a page without a mouse: found, opened, edited and saved by keys alone', async ({ page, api, server }) => {
  await api.publish('keys/alone', 'By keys.');
  await enter(page, api, server, ['admin']);
  await expect(page.getByRole('link', { name: /keys/ }).first()).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('by keys');
  await expect(page.getByText('1 prompt', { exact: true })).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('j');
  await expect(page.getByRole('link', { name: /keys.*alone/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'keys/alone' })).toBeVisible();
  await page.keyboard.press('e');
  const editor = page.getByRole('textbox', { name: 'Text of the prompt' });
  await expect(editor).toBeVisible();
  await editor.focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' Alone.');
  await expect(page.getByRole('button', { name: /^Save as 1\.0\.1/ })).toBeVisible();
  await page.keyboard.press('Control+s');
  await expect(page.getByText('1.0.1 is saved.')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('audit');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/audit$/);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page).toHaveURL(/\/settings/);
});
