import type { Api } from './support/api';
import { enter } from './support/crew';
import { axe, looks } from './support/page';
import { expect, test, type Page } from './support/test';

type Told = { id: string; state: string; percentage: number; unit: string; steps: { percentage: number; after_s: number }[] };

/** Two versions, the first of which is live in production. */
async function two(api: Api, prompt: string): Promise<void> {
  await api.publish(prompt, 'First words.', { activate: 'production' });
  await api.publish(prompt, 'Other words.', { note: 'Other words' });
}

const at = (prompt: string, more = '') => `/p/default/prompts/${encodeURIComponent(prompt)}${more}`;
const newest = async (api: Api, prompt: string): Promise<Told> => {
  const { items } = await api.ask<{ items: Told[] }>('GET', `/deployments?prompt=${encodeURIComponent(prompt)}&limit=1`);
  if (!items[0]) throw new Error(`nothing of ${prompt} was deployed`);
  return items[0];
};
const rollOut = (api: Api, prompt: string, more: Record<string, unknown> = {}): Promise<Told> => api.ask('POST', '/deployments', { prompt, version: '2', environment: 'production', strategy: 'canary', ...more });

/** The dialog in which a version is brought to production. */
async function promoting(page: Page, prompt: string) {
  await page.goto(at(prompt, '/versions/1.0.1'));
  await page.getByRole('button', { name: 'Promote…' }).click();
  const dialog = page.getByRole('dialog', { name: `Promote ${prompt} 1.0.1` });
  await dialog.getByText('Production').first().click();
  await expect(dialog.getByRole('heading', { name: `Promote ${prompt} 1.0.1 to production` })).toBeVisible();
  return dialog;
}

test('a canary from its start to its end, seen in another window as it happens', async ({ page, api, server, browser }) => {
  const prompt = 'rollout/canary';
  await two(api, prompt);
  await enter(page, api, server, ['operator']);
  const dialog = await promoting(page, prompt);
  await dialog.getByText('Canary', { exact: true }).click();
  await expect(dialog.getByRole('row', { name: /^Traffic/ })).toContainText('5 % of users in production get 1.0.1 at once, the others 1.0.0 as before');
  await expect(dialog.getByRole('row', { name: /^Steps/ })).toContainText('Nothing is watched');
  await expect(dialog.getByRole('button', { name: 'Start 1.0.1 in production' })).toBeEnabled();
  await dialog.getByLabel('Reason').fill('Shorter answers');
  await dialog.getByRole('button', { name: 'Start 1.0.1 in production' }).click();
  await page.locator('.toast').getByRole('button', { name: 'Look at it' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '5 % of users get 1.0.1' })).toBeVisible();
  await expect(page.getByText('Nothing is watched')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Steps' }).getByRole('listitem')).toHaveCount(5);
  await expect(page.locator('.dep-next')).toContainText(/in (2 h|1 h 5\d min)/);

  const other = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const second = await other.newPage();
  await other.addCookies(await page.context().cookies());
  await second.goto('/p/default/deployments');
  const list = second.getByRole('list', { name: 'Deployments under way' });
  await expect(list).toContainText(prompt);
  await expect(list).toContainText('5 % of users');
  await expect(second.getByRole('link', { name: /^Deployments/ }).first()).toContainText('1');
  await list.getByRole('link').click();
  const heading = second.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('5 % of users get 1.0.1');

  await page.getByRole('button', { name: 'Skip ahead…' }).click();
  const ahead = page.getByRole('dialog', { name: `Skip ahead with ${prompt} 1.0.1 in production` });
  await expect(ahead.getByRole('row', { name: /^Traffic/ })).toContainText('10 % of users get 1.0.1 at once in place of 5 % of users');
  await ahead.getByRole('button', { name: 'Skip ahead to 10 %' }).click();
  await expect(ahead).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('10 % of users get 1.0.1');
  await expect(heading).toHaveText('10 % of users get 1.0.1');

  await page.keyboard.press('p');
  const pause = page.getByRole('dialog', { name: /^Pause/ });
  await pause.getByLabel('Reason').fill('Complaints');
  await pause.getByRole('button', { name: 'Pause at 10 %' }).click();
  await expect(second.locator('.head-title')).toContainText('Paused');
  await expect(second.locator('.happened')).toContainText('Complaints');
  await expect(second.locator('.dep-next')).toContainText('after it is resumed');

  await second.goto(at(prompt));
  await expect(second.locator('.live-band')).toContainText('10 % of users');
  await second.goto('/p/default/prompts');
  const row = second.getByRole('row', { name: /rollout\/\s*canary/ });
  await expect(row).toContainText('1.0.0');
  await expect(row).toContainText('10 %');
  await row.getByRole('link', { name: /at 10 %/ }).click();
  await expect(heading).toHaveText('10 % of users get 1.0.1');

  await page.getByRole('button', { name: 'Resume…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume at 10 %' }).click();
  await expect(second.locator('.head-title')).toContainText('Running');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Abort…' }).click();
  const abort = page.getByRole('dialog', { name: /^Abort/ });
  await expect(abort).toContainText('Nobody gets 1.0.1 any more');
  await abort.getByRole('button', { name: 'Abort, back to 1.0.0' }).click();
  await expect(heading).toHaveText('The rollout of 1.0.1 was aborted');
  await expect(second.getByRole('button', { name: 'Skip ahead…' })).toHaveCount(0);
  const active = await api.ask<{ version: string; rollout?: unknown }>('GET', `/prompts/${encodeURIComponent(prompt)}/active?environment=production`);
  expect([active.version, active.rollout]).toEqual(['1.0.0', undefined]);

  await second.goto(at(prompt, '/activity'));
  await expect(second.getByRole('main')).toContainText('began to roll out 1.0.1 in production as a canary, after 1.0.0');
  await expect(second.getByRole('main')).toContainText('paused the rollout in production, at 10 %');
  await second.goto(at(prompt, '/deployments?state=aborted'));
  await expect(second.getByRole('table', { name: 'Past deployments' }).getByRole('row')).toHaveCount(2);
  await other.close();
});

test('what is paused and what was given up say so to everybody', async ({ page, api, server }) => {
  const prompt = 'rollout/looks';
  await two(api, prompt);
  const { id } = await rollOut(api, prompt, { reason: 'Shorter answers' });
  await api.ask('POST', `/deployments/${id}/pause`, { reason: 'Complaints' });
  await enter(page, api, server, ['operator'], `/p/default/deployments/${id}`);
  await expect(page.locator('.head-title')).toContainText('Paused');
  await looks(page);
  await api.ask('POST', `/deployments/${id}/abort`, {});
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The rollout of 1.0.1 was aborted');
});

test('the dialog that starts a canary', async ({ page, api, server }) => {
  const prompt = 'rollout/begins';
  await two(api, prompt);
  await enter(page, api, server, ['operator']);
  const dialog = await promoting(page, prompt);
  await dialog.getByText('Canary', { exact: true }).click();
  await expect(dialog.getByRole('button', { name: 'Start 1.0.1 in production' })).toBeEnabled();
  await looks(page);
});

test('steps of one\u2019s own are prepared, started later, and end with everyone', async ({ page, api, server }) => {
  const prompt = 'rollout/own';
  await two(api, prompt);
  await enter(page, api, server, ['operator']);
  const dialog = await promoting(page, prompt);
  await dialog.getByText('Own steps', { exact: true }).click();
  const first = dialog.getByLabel('Percentage of step 1');
  await first.fill('150');
  await expect(dialog.getByText('Below 100: the last step is everyone.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: /^Start/ })).toHaveAttribute('aria-disabled', 'true');
  await looks(page);
  await first.fill('12.5');
  await dialog.getByLabel('Time of step 2 after the start').fill('30');
  await dialog.getByLabel('Unit of the time of step 2').selectOption('min');
  await dialog.getByRole('button', { name: 'Add a step' }).click();
  await dialog.getByRole('button', { name: 'Take away step 3' }).click();
  await dialog.getByLabel('Who stays with one version').selectOption('session');
  await dialog.getByText('Only prepare it').click();
  await expect(dialog.getByRole('row', { name: /^Traffic/ })).toContainText('Nothing changes yet. When somebody starts it, 12.5 % of sessions');
  await dialog.getByRole('button', { name: 'Prepare 1.0.1 for production' }).click();
  await expect(dialog).toBeHidden();
  const made = await newest(api, prompt);
  expect(made).toMatchObject({ state: 'scheduled', unit: 'session' });
  expect(made.steps.map(({ percentage, after_s }) => [percentage, after_s])).toEqual([[12.5, 0], [50, 1800], [100, 7200]]);

  await page.goto(at(prompt, '/deployments'));
  await page.getByRole('list', { name: 'Deployments under way' }).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('1.0.1 waits for its start');
  await page.getByRole('button', { name: 'Start…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start with 12.5 %' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('12.5 % of sessions get 1.0.1');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Promote to everyone…' }).click();
  const promote = page.getByRole('dialog', { name: /to everyone in production/ });
  await expect(promote).toContainText('Left out');
  await promote.getByRole('button', { name: 'Promote to everyone' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Everyone gets 1.0.1');
  await expect(page.getByRole('button', { name: 'Roll back to 1.0.0…' })).toBeVisible();
});

test('where nothing is live there are no steps to take, and it says why', async ({ page, api, server }) => {
  await api.publish('rollout/first', 'Never live.');
  await api.publish('rollout/first', 'Still never live.');
  await enter(page, api, server, ['operator']);
  const dialog = await promoting(page, 'rollout/first');
  await expect(dialog).toContainText('nothing of it is live in production yet');
  await expect(dialog.getByRole('radio', { name: /^Canary/ })).toHaveCount(0);
  await expect(dialog.getByRole('button', { name: 'Promote 1.0.1 to production' })).toBeEnabled();
});

test('a frozen environment takes nothing new, and everybody reads why', async ({ page, api, server }) => {
  const prompt = 'rollout/frozen';
  await two(api, prompt);
  await enter(page, api, server, ['admin'], '/p/default/settings/environments');
  await page.getByRole('button', { name: 'Freeze… production' }).click();
  const freeze = page.getByRole('dialog', { name: 'Freeze production' });
  await freeze.getByRole('button', { name: 'Freeze production' }).click();
  await expect(freeze.getByText('Say why: whoever is refused reads it.')).toBeVisible();
  await axe(page);
  await freeze.getByLabel('Reason').fill('Black Friday');
  await freeze.getByLabel('It ends').selectOption({ label: 'in 4 hours' });
  await freeze.getByRole('button', { name: 'Freeze production' }).click();
  await expect(freeze).toBeHidden();
  await expect(page.getByRole('main')).toContainText('production is frozen until');

  await page.goto(at(prompt));
  await expect(page.getByRole('main')).toContainText('Black Friday');
  const dialog = await promoting(page, prompt);
  await expect(dialog).toContainText('production is frozen until');
  const button = dialog.getByRole('button', { name: 'Promote 1.0.1 to production' });
  await expect(button).toHaveAttribute('aria-description', 'It cannot be promoted there.');
  await looks(page);
  await dialog.getByText('Only prepare it').click();
  await expect(dialog.getByRole('button', { name: 'Prepare 1.0.1 for production' })).toBeEnabled();
  await dialog.getByRole('button', { name: 'Prepare 1.0.1 for production' }).click();
  await expect(dialog).toBeHidden();
  const { id } = await newest(api, prompt);
  await page.goto(`/p/default/deployments/${id}`);
  await page.getByRole('button', { name: 'Start…' }).click();
  const start = page.getByRole('dialog', { name: /^Start/ });
  await start.getByRole('button', { name: 'Start for everyone' }).click();
  await expect(start.getByRole('alert')).toContainText('The environment is frozen');
  await expect(start.getByRole('alert')).toContainText('Black Friday');
  await page.keyboard.press('Escape');

  await page.goto('/p/default/settings/environments');
  await page.getByRole('button', { name: 'Unfreeze… production' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unfreeze production' }).click();
  await expect(page.getByRole('button', { name: 'Freeze… production', exact: true })).toBeVisible();
  await page.goto('/p/default/history');
  await expect(page.getByRole('main')).toContainText('unfroze production');
});

test('what moved meanwhile is decided anew', async ({ page, api, server }) => {
  const prompt = 'rollout/meanwhile';
  await two(api, prompt);
  const { id } = await rollOut(api, prompt);
  await enter(page, api, server, ['operator'], `/p/default/deployments/${id}`);
  await page.getByRole('button', { name: 'Skip ahead…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('It is good');
  await api.ask('POST', `/deployments/${id}/advance`, {});
  await expect(dialog).toContainText('It has moved since you opened this.');
  await expect(dialog).toContainText('10 % of users get 1.0.1 now');
  await axe(page);
  await dialog.getByRole('button', { name: 'Skip ahead to 10 %' }).click();
  await expect(dialog.getByRole('alert')).toContainText('The deployment has moved');
  await dialog.getByRole('button', { name: 'Show what it will do now' }).click();
  await expect(dialog.getByLabel('Reason')).toHaveValue('It is good');
  await dialog.getByRole('button', { name: 'Skip ahead to 25 %' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('25 % of users get 1.0.1');
});

test('another deployment takes over: the one that ends is named before, and leads to what took over', async ({ page, api, server }) => {
  const prompt = 'rollout/over';
  await two(api, prompt);
  const { id } = await rollOut(api, prompt);
  await enter(page, api, server, ['operator']);
  const dialog = await promoting(page, prompt);
  await expect(dialog.getByRole('row', { name: /^Ends/ })).toContainText('rollout of 1.0.1 at 5 %');
  await dialog.getByRole('button', { name: 'Promote 1.0.1 to production' }).click();
  await expect(dialog).toBeHidden();
  await page.goto(`/p/default/deployments/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Another deployment took over from 1.0.1');
  await page.getByRole('link', { name: 'See what took over.' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Everyone gets 1.0.1');
});

test('who may not deploy sees all of it and moves nothing', async ({ page, api, server }) => {
  const prompt = 'rollout/viewed';
  await two(api, prompt);
  const { id } = await rollOut(api, prompt, { unit: 'request' });
  await enter(page, api, server, ['viewer'], `/p/default/deployments/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('5 % of calls get 1.0.1');
  await expect(page.getByRole('button', { name: 'Roll back to 1.0.0…' }).first()).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('r');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page).toHaveURL(/\/deployments$/);
});
