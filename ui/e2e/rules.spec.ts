import { enter } from './support/crew';
import { axe, shots } from './support/page';
import { expect, test } from './support/test';

type Policy = { stages: { name: string; approvals: number }[]; expires_after_s: number };

test('approval is turned on in one step, an impossible rule is explained, and asking for less needs approval', async ({ page, api, server, browser }) => {
  const policy = async (environment: string) => (await api.ask<{ policy: Policy }>('GET', `/environments/${environment}`)).policy;
  await api.person(['approver'], 'Ann Approver');
  await enter(page, api, server, ['admin'], '/p/default/approvals');
  await page.getByRole('link', { name: 'Turn approval on…' }).click();
  await expect(page.getByText('No environment asks for approval.')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'can approve so far' })).toBeVisible();
  await axe(page);
  await shots(page, 'approval-off');
  await page.getByRole('button', { name: 'Turn on approval' }).click();
  await expect(page.getByRole('row', { name: /Production/ })).toContainText('Review, then Release');
  await expect(page.getByRole('row', { name: /Staging/ })).toContainText('Review');
  await expect(page.getByRole('row', { name: /Development/ })).toContainText('nobody is asked');
  await shots(page, 'approval-on');
  expect((await policy('production')).stages).toHaveLength(2);

  // More is asked for: at once. What nobody could ever fulfil is refused with what to do.
  await page.getByRole('button', { name: 'Rules… of production' }).click();
  const rules = page.getByRole('dialog', { name: 'Rules of production' });
  const review = rules.getByRole('group', { name: 'Stage 1', exact: true });
  await review.getByText('approver', { exact: true }).click();
  await review.getByText('admin', { exact: true }).click();
  await review.getByText(/^People by name/).click();
  await review.getByText('Ann Approver').click();
  await review.getByLabel('Approvals').fill('2');
  await rules.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(rules.getByRole('alert')).toContainText('Nothing could ever be approved so.');
  await axe(page);
  await shots(page, 'rules');
  await rules.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'Rules… of production' }).click();
  await rules.getByLabel('Approvals').first().fill('2');
  await rules.getByLabel('Requests expire after').selectOption({ label: '7 days' });
  await rules.getByRole('button', { name: 'Save the rules of production' }).click();
  await expect(rules).toBeHidden();
  expect(await policy('production')).toMatchObject({ expires_after_s: 7 * 86_400, stages: [{ approvals: 2 }, { approvals: 1 }] });

  // Less is asked for: the rules that hold have to agree.
  await page.getByRole('button', { name: 'Rules… of staging' }).click();
  const staging = page.getByRole('dialog', { name: 'Rules of staging' });
  await staging.getByRole('button', { name: /^Take away/ }).click();
  await expect(staging).toContainText('This asks for less, so it needs approval by Review first.');
  await expect(staging).toContainText('the stage Review is gone');
  await axe(page);
  await staging.getByRole('button', { name: 'Ask for approval' }).click();
  await page.locator('.toast').getByRole('button', { name: 'Look at it' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Rules of staging');
  await expect(page.getByRole('main')).toContainText('Nobody is asked');
  await expect(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0);
  await axe(page);
  await shots(page, 'rules-request');
  expect((await policy('staging')).stages).toHaveLength(1);

  const other = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  const second = await other.newPage();
  await enter(second, api, server, ['approver'], page.url(), 'Ben Approver');
  await second.getByRole('button', { name: 'Approve Review…' }).click();
  const approve = second.getByRole('dialog', { name: 'Approve Rules of staging' });
  await expect(approve).toContainText('The new rules of staging hold at once.');
  await approve.getByRole('button', { name: 'Approve Review' }).click();
  await expect(second.locator('.head-title')).toContainText('Approved');
  await expect(page.locator('.head-title')).toContainText('Approved');
  expect((await policy('staging')).stages).toHaveLength(0);
  await other.close();
  await page.goto('/p/default/history');
  await expect(page.getByRole('main')).toContainText('asked for approval in staging for rules that ask for less');
});
