import { enter } from './support/crew';
import { axe } from './support/page';
import { expect, test } from './support/test';

test('a webhook is made, tried, looked at, switched off and deleted', async ({ page, api, server }) => {
  await enter(page, api, server, ['admin'], '/p/default/settings/webhooks');
  await page.keyboard.press('c');
  const making = page.getByRole('dialog', { name: 'New webhook' });
  await making.getByLabel('Address').fill('http://example.com/');
  await making.getByRole('button', { name: 'Make the webhook' }).click();
  await expect(making).toContainText('begins with https://');
  await making.getByLabel('Address').fill('https://localhost/hook');
  await making.getByLabel('Events').fill('prompt.never, key.never');
  await making.getByRole('button', { name: 'Make the webhook' }).click();
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByText(/^whsec_/)).toHaveCount(0);

  const one = page.getByRole('region', { name: 'https://localhost/hook' });
  await expect(one).toContainText('Told prompt.never, key.never');
  await one.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.locator('.toast')).toContainText('webhook.test was not taken');
  await one.getByRole('button', { name: 'Deliveries' }).click();
  const attempts = one.getByRole('table', { name: /^Deliveries/ });
  await expect(attempts).toContainText('localhost is a private address');
  await attempts.getByRole('button', { name: 'Send again webhook.test' }).click();
  await expect(attempts.getByRole('row')).toHaveCount(3);
  await axe(page);

  await one.getByRole('button', { name: 'Switch off' }).click();
  await expect(one.getByRole('button', { name: 'Switch on' })).toBeVisible();
  await one.getByRole('button', { name: 'New secret' }).click();
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await one.getByRole('button', { name: 'Change…' }).click();
  const changing = page.getByRole('dialog', { name: 'Change the webhook' });
  await changing.getByLabel('Events').fill('');
  await changing.getByRole('button', { name: 'Change the webhook' }).click();
  await expect(one).toContainText('Told everything');
  await one.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog', { name: 'Delete the webhook' }).getByRole('button', { name: 'Delete the webhook' }).click();
  await expect(one).toHaveCount(0);
  await page.goto('/p/default/audit');
  await expect(page.getByRole('main')).toContainText('deleted a webhook');
});
