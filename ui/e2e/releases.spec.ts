import { served } from './support/asking';
import { enter } from './support/crew';
import { axe, shots } from './support/page';
import { expect, test } from './support/test';

test('two prompts are released together and taken back together', async ({ page, api, server }) => {
  for (const [prompt, text] of [['mail/tone', 'Be kind.'], ['mail/reply', 'Answer. {% include "mail/tone" %}'], ['mail/other', 'Hello.']] as const) {
    await api.publish(prompt, text, { activate: 'production' });
  }
  await api.publish('mail/tone', 'Be brief.');
  await api.publish('mail/other', 'Good morning.');
  await enter(page, api, server, ['operator'], '/p/default/deployments');
  await page.getByRole('button', { name: 'Releases' }).click();
  await expect(page.getByRole('main')).toContainText('Nothing was released together');
  await axe(page);
  await page.getByRole('main').getByRole('link', { name: 'New release' }).last().click();

  await expect(page.getByRole('heading', { name: 'New release' })).toBeVisible();
  for (const prompt of ['mail/tone', 'mail/other']) {
    const field = page.getByRole('combobox', { name: 'Prompt', exact: true });
    await field.fill(prompt);
    await field.press('Enter');
    await expect(page.getByLabel(`Version of ${prompt}`)).toHaveValue('1.0.1');
  }
  await page.getByLabel('Environment').selectOption('production');
  const would = page.getByRole('table', { name: 'What would be released' });
  await expect(would).toContainText('mail/reply');
  await expect(would).toContainText('built anew');
  await axe(page);
  await shots(page, 'release-new');
  // What is live just so already is said at its place.
  await page.getByLabel('Version of mail/other').selectOption('1.0.0');
  await expect(page.getByRole('alert')).toContainText('mail/other');
  await page.getByLabel('Version of mail/other').selectOption('1.0.1');
  await page.getByLabel('Reason').fill('A new tone');
  await page.getByRole('button', { name: 'Release 3 prompts to production' }).click();

  await expect(page.getByRole('heading', { name: '3 prompts to production' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Deployments of the release' }).getByRole('row')).toHaveCount(4);
  await axe(page);
  await shots(page, 'release');
  for (const prompt of ['mail/tone', 'mail/other']) expect(await served(api, prompt, 'production')).toBe('1.0.1');
  await page.getByRole('table').getByRole('link', { name: /deployment of mail\/other/ }).click();
  await page.getByRole('link', { name: 'together with others' }).click();

  await page.getByRole('button', { name: 'Take back all…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Take back 3 prompts to production' });
  await dialog.getByRole('button', { name: 'Take back all' }).click();
  await expect(dialog.getByText('Say why: it is kept with what is taken back.')).toBeVisible();
  await dialog.getByLabel('Reason').fill('Too brief');
  await axe(page);
  await dialog.getByRole('button', { name: 'Take back all' }).click();
  await expect(dialog.getByRole('list', { name: 'Taken back' }).getByRole('listitem')).toHaveCount(3);
  await axe(page);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('main')).toContainText('Taken back');
  await expect(page.getByRole('button', { name: 'Take back all…' })).toBeHidden();
  for (const prompt of ['mail/tone', 'mail/other']) expect(await served(api, prompt, 'production')).toBe('1.0.0');
  await page.goto('/p/default/deployments?view=releases');
  await expect(page.getByRole('table', { name: 'Releases' })).toContainText('A new tone');
  await axe(page);
  await shots(page, 'releases');
  await page.goto('/p/default/prompts/mail%2Freply/activity');
  await expect(page.getByRole('main')).toContainText('took back 3 prompts together in production');
});
