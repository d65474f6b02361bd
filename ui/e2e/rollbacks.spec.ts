import type { Api } from './support/api';
import { asking, served } from './support/asking';
import { enter } from './support/crew';
import { axe, looks, shots } from './support/page';
import { expect, test } from './support/test';

const at = (prompt: string, more = '') => `/p/default/prompts/${encodeURIComponent(prompt)}${more}`;

/** Three versions, live in production one after the other. */
async function three(api: Api, prompt: string): Promise<void> {
  await api.publish(prompt, 'Answer {{ question }}.', { activate: 'production' });
  await api.publish(prompt, 'Answer {{ question }} kindly.', { activate: 'production' });
  await api.publish(prompt, 'Answer {{ question }} kindly, in {{ language }}.', { activate: 'production' });
}

test('going back is looked at first, followed until every server has it, and told afterwards', async ({ page, api, server }) => {
  const prompt = 'back/preview';
  await three(api, prompt);
  await enter(page, api, server, ['operator'], at(prompt));
  await page.getByRole('button', { name: 'Roll back to 1.0.1…' }).waitFor();
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog', { name: `Roll back ${prompt} in production` });
  await expect(dialog.getByRole('radio', { name: /what was before/ })).toBeChecked();
  await expect(dialog.getByRole('row', { name: /^Traffic/ })).toContainText('Everyone in production gets 1.0.1 in place of 2.0.0');
  await expect(dialog.getByRole('row', { name: /^Variables/ })).toContainText('language');
  await expect(dialog.getByRole('row', { name: /^Figures/ })).toContainText('no calls recorded');
  await dialog.getByLabel('Which other version').selectOption('1.0.0');
  await expect(dialog.getByRole('row', { name: /^Traffic/ })).toContainText('gets 1.0.0 in place of 2.0.0');
  const go = dialog.getByRole('button', { name: 'Roll back to 1.0.0' });
  await go.click();
  await expect(dialog.getByText('Say why: it is kept with what is taken back.')).toBeVisible();
  await dialog.getByLabel('Reason').fill('It answers in the wrong language');
  await looks(page, 'rollback');
  await go.click();
  await expect(dialog).toContainText('1.0.0 is served in production again, 2.0.0 no more.');
  await expect(dialog).toContainText('Every server has it');
  await axe(page);
  await shots(page, 'rollback-settled');
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect(await served(api, prompt, 'production')).toBe('1.0.0');

  await page.goto(at(prompt, '/deployments'));
  await page.getByRole('button', { name: 'Ways back' }).click();
  const row = page.getByRole('table', { name: 'Ways back' }).getByRole('row').nth(1);
  await expect(row).toContainText('It answers in the wrong language');
  await expect(row).toContainText('after');
  await looks(page, 'ways-back');
  await page.goto(at(prompt, '/activity'));
  await expect(page.getByRole('main')).toContainText('rolled back to 1.0.0 in production, from 2.0.0');
});

test('what was taken back is served again only by who says that they know', async ({ page, api, server }) => {
  const prompt = 'back/quarantine';
  await three(api, prompt);
  await api.ask('POST', '/rollbacks', { prompt, environment: 'production', reason: 'It is rude' });
  await enter(page, api, server, ['operator'], at(prompt, '/versions/2.0.0'));
  await page.getByRole('button', { name: 'Promote…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Production').first().click();
  const notice = dialog.locator('.notice', { hasText: '2.0.0 was taken back in production' });
  await expect(notice).toContainText('It is rude');
  const go = dialog.getByRole('button', { name: 'Promote 2.0.0 to production' });
  await expect(go).toHaveAttribute('aria-description', 'It was taken back in production: say that you know.');
  await looks(page, 'quarantined');
  await notice.getByText('I know; serve it there again all the same').click();
  await expect(go).not.toHaveAttribute('aria-disabled', 'true');
  await expect(notice).toContainText('It is rude');
  await go.click();
  await expect(dialog).toBeHidden();
  expect(await served(api, prompt, 'production')).toBe('2.0.0');

  // Going back by hand sets aside as well; undoing it is knowing it.
  await page.goto(at(prompt, '/versions/1.0.0'));
  await page.getByRole('button', { name: 'More about 1.0.0' }).click();
  await page.getByRole('menuitem', { name: 'Go back to 1.0.0…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make 1.0.0 live again in production' }).click();
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.toast')).toContainText('2.0.0 is live in production again');
  expect(await served(api, prompt, 'production')).toBe('2.0.0');
});

test('what speaks against going back is said, and by whom it can be done all the same', async ({ page, api, server }) => {
  const prompt = 'back/forward';
  await api.ask('POST', '/environments', { name: 'oneway' });
  await api.publish(prompt, 'One.', { activate: 'oneway' });
  await api.publish(prompt, 'Two.', { activate: 'oneway' });
  const present = await api.ask<{ policy: Record<string, unknown> }>('GET', '/environments/oneway');
  await api.ask('PUT', '/environments/oneway', { ...present, policy: { ...present.policy, rollback: 'fix_forward' } });
  await enter(page, api, server, ['admin'], at(prompt));
  await page.getByRole('button', { name: 'Roll back to 1.0.0…' }).click();
  const dialog = page.getByRole('dialog', { name: `Roll back ${prompt} in oneway` });
  await expect(dialog.getByRole('alert')).toContainText('An emergency does without.');
  await axe(page);
  await dialog.getByText(/^Emergency: go back all the same/).click();
  await dialog.getByLabel('Reason').fill('It is down');
  await dialog.getByRole('button', { name: 'Roll back to 1.0.0' }).click();
  await expect(dialog).toContainText('1.0.0 is served in oneway again');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('main')).toContainText('oneway is frozen');
});

test('where going back needs approval it is asked for, and happens when somebody agrees', async ({ page, api, server, browser }) => {
  const [prompt, place] = ['back/agreed', 'clinic'];
  await asking(api, place, prompt, []);
  await api.ask('POST', `/prompts/${encodeURIComponent(prompt)}/activate`, { version: '2', environment: place });
  const stages = [{ name: 'Review', roles: ['approver', 'admin'], approvals: 1 }];
  await api.ask('PUT', `/environments/${place}`, { policy: { rollback: 'allowed', stages, rollback_needs_approval: true } });
  await enter(page, api, server, ['operator'], at(prompt, '/deployments'));
  await page.getByRole('link', { name: /1\.0\.1/ }).first().click();
  await page.getByRole('button', { name: /^Roll back/ }).click();
  const dialog = page.getByRole('dialog', { name: `Roll back ${prompt} in ${place}` });
  await expect(dialog).toContainText(`Going back needs approval in ${place}.`);
  await dialog.getByLabel('Reason').fill('It is too short');
  await looks(page, 'rollback-asks');
  await dialog.getByRole('button', { name: 'Ask to roll back to 1.0.0' }).click();
  await expect(dialog).toContainText('Going back to 1.0.0 waits for approval.');
  await axe(page);
  await shots(page, 'rollback-waits');
  expect(await served(api, prompt, place)).toBe('1.0.1');
  const address = await dialog.getByRole('link', { name: 'Look at the request' }).getAttribute('href');

  const other = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const approver = await other.newPage();
  await enter(approver, api, server, ['approver'], address ?? '', 'Rae Reviewer');
  await expect(approver.getByRole('main')).toContainText('It is too short');
  await shots(approver, 'rollback-request');
  await approver.getByRole('button', { name: 'Approve Review…' }).click();
  await approver.getByRole('button', { name: 'Approve Review', exact: true }).click();
  await expect.poll(() => served(api, prompt, place)).toBe('1.0.0');
  await other.close();
  await page.goto(at(prompt, '/deployments'));
  await page.getByRole('button', { name: 'Ways back' }).click();
  await expect(page.getByRole('table', { name: 'Ways back' }).getByRole('row').nth(1)).toContainText('It is too short');
});
