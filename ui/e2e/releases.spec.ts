import { asking, served } from './support/asking';
import { enter } from './support/crew';
import { axe, looks, shots } from './support/page';
import type { Api } from './support/api';
import { expect, test, type Page } from './support/test';

/** On the page of a new release. */
async function choose(page: Page, prompts: readonly string[], environment: string): Promise<void> {
  await expect(page.getByRole('heading', { name: 'New release' })).toBeVisible();
  for (const prompt of prompts) {
    const field = page.getByRole('combobox', { name: 'Prompt', exact: true });
    await field.fill(prompt);
    await field.press('Enter');
    await expect(page.getByLabel(`Version of ${prompt}`)).toHaveValue('1.0.1');
  }
  await page.getByLabel('Environment').selectOption(environment);
}

/** Which versions callers get, and since which change of the project. */
async function all(api: Api, prompts: readonly string[], environment: string): Promise<{ versions: string[]; revisions: number[] }> {
  const active = await Promise.all(prompts.map((prompt) => api.ask<{ version: string; revision: number }>('GET', `/prompts/${encodeURIComponent(prompt)}/active?environment=${environment}`)));
  return { versions: active.map((one) => one.version), revisions: [...new Set(active.map((one) => one.revision))] };
}

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

  await choose(page, ['mail/tone', 'mail/other'], 'production');
  const would = page.getByRole('table', { name: 'What would be released' });
  await expect(would).toContainText('mail/reply');
  await expect(would).toContainText('built anew');
  await axe(page);
  await shots(page, 'release-new');
  // What is live just so already is said at its place.
  await page.getByLabel('Version of mail/other').selectOption('1.0.0');
  await expect(page.getByRole('alert')).toContainText('mail/other');
  await expect(page.getByLabel('Version of mail/other')).toHaveAccessibleDescription(/^This version is live there/);
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

test('a release by steps of its own, and again after it was taken back', async ({ page, api, server }) => {
  const prompts = ['step/one', 'step/two'];
  for (const prompt of prompts) {
    await api.publish(prompt, 'First words.', { activate: 'production' });
    await api.publish(prompt, 'Other words.');
  }
  await api.publish('step/new', 'Nothing of it is live.');
  await enter(page, api, server, ['operator'], '/p/default/releases/new');
  await choose(page, prompts, 'production');
  const does = page.getByRole('region', { name: 'What it will do' });
  await expect(does).toContainText('Everyone in production gets all of it at once.');
  await page.getByText('Own steps', { exact: true }).click();
  const first = page.getByLabel('Percentage of step 1');
  await first.fill('0');
  await expect(first).toHaveAccessibleDescription(/a step at 0 serves nobody/);
  await expect(page.getByRole('button', { name: 'Release 2 prompts to production' })).toHaveAccessibleDescription('The steps are not right yet.');
  await expect(does).toContainText('once all steps are right');
  await first.fill('12.5');
  await page.getByLabel('Who stays with one version').selectOption('session');
  await expect(does).toContainText('Sessions in production get it step by step, each prompt for itself: 12.5, 50 and 100 % over 2 h.');
  await looks(page, 'release-steps');
  // Steps need something that the others go on getting.
  const field = page.getByRole('combobox', { name: 'Prompt', exact: true });
  await field.fill('step/new');
  await field.press('Enter');
  await expect(page.getByLabel('Version of step/new')).toHaveAccessibleDescription(/\S/);
  await expect(page.getByRole('alert')).toContainText('step/new');
  await axe(page);
  await page.getByRole('button', { name: 'Leave step/new out' }).click();
  await page.getByRole('button', { name: 'Release 2 prompts to production' }).click();
  await expect(page.getByRole('heading', { name: '2 prompts to production' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Deployments of the release' })).toContainText('12.5 %');
  const { items } = await api.ask<{ items: { unit: string; steps: { percentage: number }[] }[] }>('GET', '/deployments?prompt=step%2Fone&limit=1');
  expect(items[0]).toMatchObject({ unit: 'session', steps: [{ percentage: 12.5 }, { percentage: 50 }, { percentage: 100 }] });

  await page.getByRole('button', { name: 'Take back all…' }).click();
  const back = page.getByRole('dialog', { name: 'Take back 2 prompts to production' });
  await back.getByLabel('Reason').fill('It is rude');
  await back.getByRole('button', { name: 'Take back all' }).click();
  await expect(back.getByRole('list', { name: 'Taken back' }).getByRole('listitem')).toHaveCount(2);
  await page.goto('/p/default/releases/new');
  await choose(page, prompts, 'production');
  await expect(does).toContainText('step/one 1.0.1 was taken back in production by');
  await expect(does).toContainText('It is rude');
  await does.getByText(/^I know; serve it there again/).click();
  await expect(does.getByRole('table')).toContainText('step/two');
  await expect(does).toContainText('It is rude');
  await looks(page, 'release-again');
  await page.getByRole('button', { name: 'Release 2 prompts to production' }).click();
  await expect(page.getByRole('main')).toContainText('Completed');
  expect((await all(api, prompts, 'production')).versions).toEqual(['1.0.1', '1.0.1']);
});

test('what includes it and cannot come along is said with the box', async ({ page, api, server }) => {
  await api.publish('box/tone', 'Be kind.', { activate: 'production' });
  await api.publish('box/tone', 'Be brief.');
  await api.publish('box/page', 'Answer. {% include "box/tone" %}', { activate: 'production' });
  await api.publish('box/page', 'Reply. {% include "box/tone" %}');
  await api.ask('POST', '/deployments', { prompt: 'box/page', version: '2', environment: 'production', strategy: 'canary' });
  await enter(page, api, server, ['operator'], '/p/default/releases/new');
  await choose(page, ['box/tone'], 'production');
  const also = page.getByRole('checkbox', { name: /^Also build anew/ });
  await expect(also).toHaveAccessibleDescription(/^box\/page: /);
  await axe(page);
  await page.getByText('Also build anew').click();
  await expect(also).not.toBeChecked();
  await expect(page.getByRole('region', { name: 'What it will do' })).toContainText('box/page includes something of it and stays as it is.');
  await expect(page.getByRole('button', { name: 'Release 1 prompt to production' })).toBeEnabled();
});

test('a release that is frozen out says so', async ({ page, api, server }) => {
  await api.ask('POST', '/environments', { name: 'winter' });
  await api.publish('cold/one', 'First words.', { activate: 'winter' });
  await api.publish('cold/one', 'Other words.');
  await api.ask('POST', '/environments/winter/freeze', { reason: 'A holiday' });
  await enter(page, api, server, ['operator'], '/p/default/releases/new');
  await choose(page, ['cold/one'], 'winter');
  await expect(page.getByRole('status').filter({ hasText: 'winter is frozen' })).toContainText('A holiday');
  await expect(page.getByRole('button', { name: /^Release 1 prompt/ })).toHaveAccessibleDescription('Something speaks against it.');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await api.ask('POST', '/environments/winter/unfreeze');
  await expect(page.getByRole('button', { name: /^Release 1 prompt/ })).toBeEnabled();
});

test('a release waits for two people, goes live in one moment, and comes back in one', async ({ page, api, server, browser }) => {
  const [prompts, place] = [['port/one', 'port/two'], 'port'];
  await asking(api, place, prompts);
  await enter(page, api, server, ['operator'], '/p/default/releases/new');
  await choose(page, prompts, place);
  await expect(page.getByRole('region', { name: 'What it will do' })).toContainText('It waits until all of it is approved, by Review, then Release. Then everyone in port gets all of it at once.');
  await page.getByLabel('Reason').fill('They belong together');
  await page.getByRole('button', { name: 'Request approval' }).click();
  await expect(page.getByRole('heading', { name: '2 prompts to port' })).toBeVisible();
  await expect(page.locator('.head-title')).toContainText('Waits');
  const stages = page.getByRole('list', { name: 'Stages' });
  await expect(stages.getByRole('listitem').first()).toContainText('one by an approver or an admin');
  await expect(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0);
  await looks(page, 'release-waits');
  expect((await all(api, prompts, place)).versions).toEqual(['1.0.0', '1.0.0']);

  // One request, with all that it brings and what that changes.
  const first = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const ada = await first.newPage();
  await enter(ada, api, server, ['approver'], '/p/default/approvals', 'Ada Approver');
  await expect(ada.getByRole('list', { name: 'Requests for approval' }).getByRole('listitem')).toHaveText(/Release of 2 prompts.*port\/one and port\/two/);
  await expect(ada.getByRole('heading', { level: 1 })).toHaveText('Release of 2 prompts');
  const brings = ada.getByRole('table', { name: 'Prompts of the release' });
  for (const prompt of prompts) {
    await expect(brings.getByRole('row', { name: new RegExp(prompt) })).toContainText('Waits for approval');
    await expect(ada.getByRole('region', { name: `What changes in ${prompt}` }).locator('ins').first()).toBeVisible();
  }
  await looks(ada, 'approval-release');
  await ada.getByRole('button', { name: 'Approve Review…' }).click();
  const review = ada.getByRole('dialog', { name: 'Approve Release of 2 prompts for port' });
  await expect(review.getByRole('row', { name: /^Then/ })).toContainText('Release: one by an approver or an admin');
  await review.getByRole('button', { name: 'Approve Review' }).click();
  await expect(review).toBeHidden();
  await expect(stages.getByRole('listitem').first()).toContainText('Ada Approver');
  expect((await all(api, prompts, place)).versions).toEqual(['1.0.0', '1.0.0']);

  const second = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const bo = await second.newPage();
  await enter(bo, api, server, ['approver'], '/p/default/approvals', 'Bo Approver');
  await expect(bo.getByRole('list', { name: 'Stages' })).toContainText('You can.');
  await bo.keyboard.press('a');
  const release = bo.getByRole('dialog', { name: 'Approve Release of 2 prompts for port' });
  await expect(release.getByRole('row', { name: /^Then/ })).toContainText('All of it starts at once, in port.');
  await bo.keyboard.press('Control+Enter');
  await bo.locator('.toast').getByRole('button', { name: 'Look at the release' }).click();
  for (const seen of [bo, page]) {
    await expect(seen.locator('.head-title')).toContainText('Completed');
    await expect(seen.getByRole('table', { name: 'Deployments of the release' }).getByText('live', { exact: true })).toHaveCount(2);
  }
  const live = await all(api, prompts, place);
  expect([live.versions, live.revisions.length]).toEqual([['1.0.1', '1.0.1'], 1]);

  await page.getByRole('button', { name: 'Take back all…' }).click();
  const back = page.getByRole('dialog', { name: 'Take back 2 prompts to port' });
  await back.getByLabel('Reason').fill('Too brief');
  await back.getByRole('button', { name: 'Take back all' }).click();
  await expect(back.getByRole('list', { name: 'Taken back' }).getByRole('listitem')).toHaveCount(2);
  await expect(bo.locator('.head-title')).toContainText('Taken back');
  const before = await all(api, prompts, place);
  expect([before.versions, before.revisions.length]).toEqual([['1.0.0', '1.0.0'], 1]);
  await first.close();
  await second.close();
});

test('a release that is rejected changes nothing', async ({ page, api, server, browser }) => {
  const [prompts, place] = [['dock/one', 'dock/two'], 'dock'];
  await asking(api, place, prompts);
  const asked = await api.ask<{ id: string; approval: { id: string } }>('POST', '/releases', { environment: place, items: prompts.map((prompt) => ({ prompt, version: '2' })) });
  const untouched = await all(api, prompts, place);
  await enter(page, api, server, ['operator'], `/p/default/releases/${asked.id}`);
  await expect(page.locator('.head-title')).toContainText('Waits');
  await page.getByRole('button', { name: 'Give up all…' }).click();
  await expect(page.getByRole('dialog', { name: 'Give up 2 prompts to dock' })).toContainText('Nothing of it has started');
  await page.keyboard.press('Escape');
  const other = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const ada = await other.newPage();
  await enter(ada, api, server, ['approver'], `/p/default/approvals/${asked.approval.id}`, 'Ada Approver');
  await ada.getByRole('button', { name: 'Reject…' }).click();
  const reject = ada.getByRole('dialog', { name: 'Reject Release of 2 prompts for dock' });
  await expect(reject).toContainText('All of the release is given up. Nothing changes for callers.');
  await reject.getByLabel('Comment').fill('Not both at once');
  await reject.getByRole('button', { name: 'Reject', exact: true }).click();
  await expect(ada.locator('.head-title')).toContainText('Rejected');
  await expect(page.locator('.head-title')).toContainText('Given up');
  await expect(page.getByRole('link', { name: 'Rejected' })).toBeVisible();
  await expect(page.getByRole('button', { name: /all…$/ })).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Deployments of the release' })).not.toContainText('live');
  expect(await all(api, prompts, place)).toEqual(untouched);
  expect(untouched.versions).toEqual(['1.0.0', '1.0.0']);
  await looks(page, 'release-rejected');
  await other.close();
});

test('a release that cannot wait goes live in an emergency, each part to be reviewed', async ({ page, api, server }) => {
  const [prompts, place] = [['berth/one', 'berth/two'], 'berth'];
  await asking(api, place, prompts);
  await enter(page, api, server, ['operator', 'approver'], '/p/default/releases/new');
  await choose(page, prompts, place);
  await page.getByText(/^Emergency: live without approval/).click();
  await expect(page.getByRole('region', { name: 'What it will do' })).toContainText('Everyone in berth gets all of it at once.');
  const go = page.getByRole('button', { name: 'Release 2 prompts to berth' });
  await go.click();
  await expect(page.getByText('an emergency needs a reason')).toBeVisible();
  await axe(page);
  await page.getByLabel('Reason').fill('They insult people');
  await shots(page, 'release-emergency');
  await go.click();
  await expect(page.getByRole('heading', { name: '2 prompts to berth' })).toBeVisible();
  expect((await all(api, prompts, place)).versions).toEqual(['1.0.1', '1.0.1']);
  const open = await api.ask<{ items: { prompt: string; reason: string }[] }>('GET', '/emergencies?reviewed=false');
  const berth = open.items.filter((one) => one.prompt.startsWith('berth/'));
  expect(berth.map((one) => one.prompt).toSorted()).toEqual(prompts);
  expect(new Set(berth.map((one) => one.reason))).toEqual(new Set(['They insult people']));
});
