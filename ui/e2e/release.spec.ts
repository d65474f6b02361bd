import { editorOf, enter, write } from './support/crew';
import { axe, shots } from './support/page';
import { expect, test } from './support/test';

test('from an empty project to a prompt that is live', async ({ page, api, server }) => {
  await enter(page, api, server, ['admin']);
  await axe(page);
  await shots(page, 'empty-project');
  await page.getByRole('link', { name: /Write the first prompt/ }).click();
  await page.getByLabel('Name').fill('support/reply');
  await axe(page);
  await shots(page, 'new-prompt');
  await page.getByRole('button', { name: 'Create and write the text' }).click();

  await write(page, 'Answer {{ question }} in {{ language }}.');
  await expect(page.getByRole('switch', { name: 'question is required' })).toBeVisible();
  await page.getByLabel('Sample of question').fill('where my parcel is');
  await expect(page.getByRole('region', { name: 'Preview' })).toContainText('Answer where my parcel is in');
  const save = page.getByRole('button', { name: /^Save as 1\.0\.0/ });
  await expect(save).toBeEnabled();
  await axe(page);
  await shots(page, 'editor');
  await page.keyboard.press('Control+s');
  await expect(page.getByText('1.0.0 is saved.')).toBeVisible();

  await page.getByRole('button', { name: 'Promote…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Promote support\/reply 1\.0\.0/ });
  await dialog.getByText('Production', { exact: false }).first().click();
  await expect(dialog.getByRole('heading', { name: 'Promote support/reply 1.0.0 to production' })).toBeVisible();
  await axe(page);
  await shots(page, 'promote');
  await dialog.getByRole('button', { name: 'Promote 1.0.0 to production' }).click();
  await expect(page.locator('.toast', { hasText: 'is live in production' })).toBeVisible();

  const answer = await api.ask<{ version: string }>('GET', '/prompts/support%2Freply/active?environment=production');
  expect(answer.version).toBe('1.0.0');
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('heading', { name: 'support/reply' })).toBeVisible();
  await axe(page);
  await shots(page, 'overview-first');
});

test('what breaks callers is said before it is saved; the new version is compared, promoted and taken back', async ({ page, api, server }) => {
  await api.publish('shop/greeting', 'Greet {{ name }} kindly.', { activate: 'production' });
  await enter(page, api, server, ['admin'], '/p/default/prompts/shop%2Fgreeting/editor');
  await write(page, 'Greet {{ name }} and name order {{ order_id }}.');
  await expect(page.getByText('1 breaking change')).toBeVisible();
  const bar = page.locator('.savebar');
  await expect(bar).toContainText('order_id');
  await expect(bar).toContainText('2.0.0');
  await shots(page, 'editor-breaking');
  await page.getByRole('button', { name: /^Save as 2\.0\.0/ }).click();
  await expect(page.getByText('2.0.0 is saved.')).toBeVisible();

  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await expect(page.locator('ins').first()).toContainText('order');
  await axe(page);
  await shots(page, 'compare');
  await page.getByRole('button', { name: /^Promote/ }).click();
  const promote = page.getByRole('dialog');
  await promote.getByText('Production').first().click();
  await promote.getByRole('button', { name: 'Promote 2.0.0 to production' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  const live = () => api.ask<{ version: string }>('GET', '/prompts/shop%2Fgreeting/active?environment=production').then((answer) => answer.version);
  expect(await live()).toBe('2.0.0');

  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Roll back to 1.0.0…' }).click();
  const back = page.getByRole('dialog', { name: 'Roll back shop/greeting in production' });
  await back.getByLabel('Reason').fill('Callers break');
  await expect(back.getByRole('button', { name: 'Roll back to 1.0.0' })).toBeEnabled();
  await axe(page);
  await shots(page, 'roll-back');
  await back.getByRole('button', { name: 'Roll back to 1.0.0' }).click();
  await expect(back).toContainText('Every server has it');
  await back.getByRole('button', { name: 'Close' }).click();
  expect(await live()).toBe('1.0.0');
  await page.getByRole('link', { name: /^History/ }).last().click();
  await expect(page.getByRole('table')).toContainText('2.0.0');
  await axe(page);
  await shots(page, 'history');
});

test('nothing that was typed is lost: a reload brings it back, and leaving it behind can be undone', async ({ page, api, server }) => {
  await api.publish('notes/draft', 'First words.');
  await enter(page, api, server, ['editor'], '/p/default/prompts/notes%2Fdraft/editor');
  await write(page, 'Words that nobody saved yet.');
  await expect(page.getByText(/Draft kept on this device/)).toBeVisible();
  await page.reload();
  await expect(editorOf(page)).toContainText('Words that nobody saved yet.');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(editorOf(page)).toContainText('First words.');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(editorOf(page)).toContainText('Words that nobody saved yet.');
});

test('somebody else saves meanwhile: it is said at once, and the own text stays', async ({ page, api, server }) => {
  await api.publish('team/brief', 'Be brief.');
  await enter(page, api, server, ['editor'], '/p/default/prompts/team%2Fbrief/editor');
  await write(page, 'Be brief, and be kind.');
  await api.publish('team/brief', 'Be very brief.');
  await expect(page.getByText(/was saved .*while you edited/)).toBeVisible();
  await expect(editorOf(page)).toContainText('Be brief, and be kind.');
  await axe(page);
  await shots(page, 'editor-meanwhile');
  await page.getByRole('button', { name: 'Compare with my text' }).click();
  await expect(page.getByRole('dialog')).toContainText('very');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Start from it, keep my text' }).click();
  await expect(editorOf(page)).toContainText('Be brief, and be kind.');
  await page.getByRole('button', { name: /^Save as/ }).click();
  await expect(page.getByText(/is saved\. Callers get it/)).toBeVisible();
  const { items } = await api.ask<{ items: unknown[] }>('GET', '/prompts/team%2Fbrief/versions');
  expect(items).toHaveLength(3);
});

test('a prompt that changes while its editor opens is opened once, with its preview', async ({ page, api, server }) => {
  await api.publish('race/open', 'Open {{ this }}.');
  await enter(page, api, server, ['editor'], '/p/default/prompts/race%2Fopen');
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  let asked = 0;
  await page.route('**/api/v1/prompts/race%2Fopen/versions/1.0.0', async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  await expect(page.getByRole('heading', { name: 'race/open' })).toBeVisible();
  await page.getByRole('link', { name: 'Editor', exact: true }).click();
  const told = page.waitForResponse((response) => response.url().endsWith('/prompts/race%2Fopen') && response.ok());
  await api.activate('race/open', '1.0.0', 'production');
  await told;
  release();
  await expect(page.getByRole('region', { name: 'Preview' })).toContainText('Open [this].');
  expect(asked).toBeGreaterThan(0);
});
