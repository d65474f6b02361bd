import { ask, asking, served } from './support/asking';
import { enter } from './support/crew';
import { axe, looks, shots } from './support/page';
import { expect, test, type Page } from './support/test';

test('asked for, approved in two stages by two people, rolled out as a canary and taken back, seen in another window as it happens', async ({ page, api, server, browser }) => {
  const [prompt, place] = ['asked/canary', 'lane'];
  await asking(api, place, prompt);
  await enter(page, api, server, ['operator'], `/p/default/prompts/${encodeURIComponent(prompt)}/versions/1.0.1`);
  await page.getByRole('button', { name: 'Promote…' }).click();
  const dialog = page.getByRole('dialog', { name: `Promote ${prompt} 1.0.1` });
  await dialog.getByText('Lane').first().click();
  await dialog.getByText('Canary', { exact: true }).click();
  await expect(dialog.getByRole('row', { name: /^Approval/ })).toContainText('By Review, then Release');
  await expect(dialog.getByRole('row', { name: /^Traffic/ })).toContainText('Nothing changes yet. Once it is approved');
  await dialog.getByLabel('Reason').fill('Shorter answers');
  await dialog.getByRole('button', { name: 'Request approval' }).click();
  await expect(page.locator('.toast')).toContainText('waits for approval in lane, by Review');
  expect(await served(api, prompt, place)).toBe('1.0.0');

  // Ada sees it without asking again.
  const first = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const ada = await first.newPage();
  await enter(ada, api, server, ['approver'], '/p/default/approvals', 'Ada Approver');
  await expect(ada.getByRole('navigation', { name: 'Main' })).toContainText('1 waits for you');
  const heading = ada.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(`${prompt} 1.0.1`);
  await expect(ada.locator('.stage').first()).toContainText('You can.');
  await expect(ada.locator('ins').first()).toBeVisible();
  await ada.getByRole('button', { name: 'Approve Review…' }).click();
  const review = ada.getByRole('dialog', { name: `Approve ${prompt} 1.0.1 for ${place}` });
  await expect(review.getByRole('row', { name: /^Then/ })).toContainText('Release: one by an approver or an admin');
  await review.getByLabel('Comment').fill('Reads well');
  await review.getByRole('button', { name: 'Approve Review' }).click();
  await expect(review).toBeHidden();
  await expect(ada.locator('.stage').nth(1)).toContainText('one person counts once');
  await expect(ada.getByRole('button', { name: /^Approve/ })).toHaveCount(0);

  // Who asked sees who is missing, and may not decide.
  await page.goto('/p/default/deployments');
  await page.getByRole('list', { name: 'Deployments under way' }).getByRole('link').filter({ hasText: prompt }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('1.0.1 waits for approval');
  await expect(page.locator('.stage').first()).toContainText('Ada Approver');
  await expect(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0);

  const second = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const bo = await second.newPage();
  await enter(bo, api, server, ['approver'], '/p/default/approvals', 'Bo Approver');
  await bo.getByRole('button', { name: 'Approve Release…' }).click();
  const release = bo.getByRole('dialog', { name: `Approve ${prompt} 1.0.1 for ${place}` });
  await expect(release.getByRole('row', { name: /^Then/ })).toContainText('5 % of users in lane get 1.0.1');
  await release.getByRole('button', { name: 'Approve Release' }).click();
  await expect(bo.locator('.toast')).toContainText('is approved for lane');

  // Everybody sees it run.
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('5 % of users get 1.0.1');
  await expect(ada.locator('.head-title')).toContainText('Approved');

  await page.keyboard.press('r');
  const back = page.getByRole('dialog', { name: `Roll back ${prompt} in ${place}` });
  await expect(back.getByRole('row', { name: /^Traffic/ })).toContainText('5 % of callers in lane get 1.0.0 again');
  await back.getByLabel('Reason').fill('It is rude');
  await back.getByRole('button', { name: 'Roll back to 1.0.0' }).click();
  await expect(back).toContainText('Every server has it');
  await back.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('1.0.1 was taken back');
  await ada.goto(`/p/default/prompts/${encodeURIComponent(prompt)}/activity`);
  await expect(ada.getByRole('main')).toContainText('rolled back to 1.0.0 in lane, from 1.0.1');
  await expect(ada.getByRole('main')).toContainText('approved the request in lane, for Release, the last that was missing');
  await first.close();
  await second.close();
});

test('a request in every place where it shows', async ({ page, api, server }) => {
  const [prompt, place] = ['asked/looks', 'quay'];
  await asking(api, place, prompt);
  await enter(page, api, server, ['operator'], `/p/default/prompts/${encodeURIComponent(prompt)}/versions/1.0.1`);
  await page.getByRole('button', { name: 'Promote…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Quay').first().click();
  await expect(dialog.getByRole('button', { name: 'Request approval' })).toBeEnabled();
  await axe(page);
  await shots(page, 'request-approval');
  const { id, approval } = await ask(api, prompt, place, { strategy: 'canary', reason: 'Shorter answers' });
  await page.goto(`/p/default/deployments/${id}`);
  await expect(page.locator('.stage').first()).toContainText('one by an approver or an admin');
  await looks(page, 'deployment-waits');
  await enter(page, api, server, ['approver'], `/p/default/approvals/${approval?.id ?? ''}`, 'Lou Looks');
  await expect(page.locator('.stage').first()).toContainText('You can.');
  await expect(page.locator('ins').first()).toBeVisible();
  await looks(page, 'approval');
  await page.keyboard.press('a');
  await expect(page.getByRole('dialog', { name: /^Approve/ })).toBeVisible();
  await axe(page);
});

test('the inbox by keys alone: moved through, commented, changes asked for, approved', async ({ page, api, server }) => {
  await asking(api, 'desk', 'asked/one', [{ name: 'Review', roles: ['approver'], approvals: 1 }]);
  await api.publish('asked/two', 'Once.', { activate: 'staging' });
  await ask(api, 'asked/one', 'desk', { reason: 'It is better' });
  await ask(api, 'asked/two', 'desk', { version: '1' });
  await enter(page, api, server, ['approver'], '/p/default/prompts', 'Kim Keys');
  await expect(page.getByRole('link', { name: /^Approvals/ })).toContainText(/\d+ waits? for you/);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await expect(page).toHaveURL(/\/approvals\/.+/);
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('asked/two 1.0.0');
  await page.keyboard.press('j');
  await expect(heading).toHaveText('asked/one 1.0.1');
  await expect(page.locator('.thread')).toContainText('It is better');
  await expect(page.getByRole('list', { name: 'Stages' })).toContainText('You can.');
  await page.keyboard.press('c');
  await page.keyboard.type('Why brief?');
  await page.keyboard.press('Enter');
  await expect(page.locator('.thread')).toContainText('Why brief?');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Request changes…' }).focus();
  await page.keyboard.press('Enter');
  const changes = page.getByRole('dialog', { name: /^Request changes of asked\/one/ });
  await expect(changes.getByLabel('Comment')).toBeFocused();
  await page.keyboard.type('Less brief');
  await page.keyboard.press('Control+Enter');
  await expect(changes).toBeHidden();
  await expect(page.locator('.head-title')).toContainText('Changes requested');
  expect(await served(api, 'asked/one', 'desk')).toBe('1.0.0');
  await page.keyboard.press('a');
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('.head-title')).toContainText('Approved');
  expect(await served(api, 'asked/one', 'desk')).toBe('1.0.1');
  await page.getByRole('link', { name: 'Decided' }).click();
  await expect(page.getByRole('list', { name: 'Requests for approval' })).toContainText('asked/one');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('all open appr');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/approvals.*show=open/);
});

test('a decision is answered in its thread, by keys, and everybody sees it as it is said', async ({ page, api, server, browser }) => {
  const prompt = 'asked/thread';
  await asking(api, 'loft', prompt, [{ name: 'Review', roles: ['approver'], approvals: 1 }]);
  const { approval } = await ask(api, prompt, 'loft', { reason: 'It is better' });
  const path = `/p/default/approvals/${approval?.id ?? ''}`;
  await enter(page, api, server, ['editor'], path, 'Ed Editor');
  const thread = page.getByRole('list', { name: 'Decisions and comments' });
  await expect(thread).toContainText('It is better');
  await expect(thread.getByRole('button', { name: /^Answer/ })).toHaveCount(0);

  const other = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const lead = await other.newPage();
  await enter(lead, api, server, ['approver'], path, 'Lea Lead');
  await lead.getByRole('button', { name: 'Request changes…' }).click();
  const changes = lead.getByRole('dialog', { name: /^Request changes of asked/ });
  await changes.getByLabel('Comment').fill('Less brief');
  await changes.getByRole('button', { name: /^Request changes/ }).click();
  await expect(changes).toBeHidden();
  await lead.getByPlaceholder('Comment, or say why').fill('And who reads it?');
  await lead.keyboard.press('Enter');

  const button = thread.getByRole('button', { name: 'Answer Lea Lead' });
  await expect(button).toHaveCount(2);
  await button.first().focus();
  await page.keyboard.press('Enter');
  const box = thread.getByRole('textbox', { name: 'Answer to Lea Lead' });
  await expect(box).toBeFocused();
  await page.keyboard.type('Brief is ');
  await page.keyboard.press('Escape');
  await expect(box).toBeHidden();
  await expect(button.first()).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('what they asked for.');
  await axe(page);
  await page.keyboard.press('Control+Enter');
  await expect(box).toBeHidden();
  await expect(button.first()).toBeFocused();
  // Below what it answers, before what was said in between.
  const lines = (seen: Page) => seen.getByRole('list', { name: 'Decisions and comments' }).getByRole('listitem');
  for (const seen of [page, lead]) await expect(lines(seen)).toHaveText([/It is better/, /Less brief/, /answers Lea Lead.*Brief is what they asked for\./, /And who reads it\?/]);
  await lead.getByRole('button', { name: 'Answer Ed Editor' }).click();
  await lead.getByRole('textbox', { name: 'Answer to Ed Editor' }).fill('Good.');
  await lead.getByRole('button', { name: 'Answer', exact: true }).click();
  await expect(lines(page).nth(3)).toContainText('Good.');
  await expect(page.locator('.comment.reply')).toHaveCount(2);
  await looks(page, 'approval-thread');
  await page.goto(`/p/default/prompts/${encodeURIComponent(prompt)}/activity`);
  await expect(page.getByRole('main')).toContainText('Brief is what they asked for.');
  await other.close();
});

test('who asked withdraws, and what waited is given up', async ({ page, api, server }) => {
  const prompt = 'asked/withdrawn';
  await asking(api, 'pier', prompt);
  await enter(page, api, server, ['operator'], `/p/default/prompts/${encodeURIComponent(prompt)}/versions/1.0.1`);
  await page.getByRole('button', { name: 'Promote…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Pier').first().click();
  await dialog.getByRole('button', { name: 'Request approval' }).click();
  await page.locator('.toast').getByRole('button', { name: 'Look at the request' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${prompt} 1.0.1`);
  await expect(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Withdraw…' }).click();
  const withdraw = page.getByRole('dialog', { name: /^Withdraw/ });
  await expect(withdraw).toContainText('The deployment of 1.0.1 is given up');
  await withdraw.getByLabel('Comment').fill('Too early');
  await withdraw.getByRole('button', { name: 'Withdraw the request' }).click();
  await expect(page.locator('.head-title')).toContainText('Withdrawn');
  await expect(page.locator('.thread')).toContainText('Too early');
  await page.getByRole('link', { name: 'The deployment', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('1.0.1 was never started');
});

test('what cannot wait goes live in an emergency, and somebody else reviews it', async ({ page, api, server, browser }) => {
  const [prompt, place] = ['asked/emergency', 'ward'];
  await asking(api, place, prompt);
  await enter(page, api, server, ['approver', 'operator'], `/p/default/prompts/${encodeURIComponent(prompt)}/versions/1.0.1`);
  await page.getByRole('button', { name: 'Promote…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Ward').first().click();
  await dialog.getByText(/^Emergency: live without approval/).click();
  const go = dialog.getByRole('button', { name: `Promote 1.0.1 to ${place}` });
  await expect(go).toBeEnabled();
  await go.click();
  await expect(dialog.getByText('an emergency needs a reason')).toBeVisible();
  await dialog.getByLabel('Reason').fill('It insults people');
  await axe(page);
  await go.click();
  await expect(dialog).toBeHidden();
  expect(await served(api, prompt, place)).toBe('1.0.1');

  const other = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const reviewer = await other.newPage();
  await enter(reviewer, api, server, ['approver'], '/p/default/approvals', 'Rae Reviewer');
  await reviewer.getByRole('link', { name: new RegExp(`${prompt}.*Emergency, to be reviewed`) }).click();
  await expect(reviewer.getByRole('main')).toContainText('It insults people');
  await looks(reviewer, 'emergency');
  await reviewer.getByLabel('Comment').fill('It did');
  await reviewer.getByRole('button', { name: 'It was right' }).click();
  await expect(reviewer.locator('.head-title')).toContainText('Reviewed');
  await other.close();
});

test('an empty inbox says why, and what to do', async ({ page, api, server }) => {
  await enter(page, api, server, ['viewer'], '/p/default/approvals');
  await expect(page.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();
  await looks(page, 'approvals-none');
  await page.goto('/p/default/approvals/00000000-0000-7000-8000-000000000000');
  await expect(page.getByRole('heading', { level: 1, name: 'There is no such request' })).toBeVisible();
});
