import { enter } from './support/crew';
import { axe, shots } from './support/page';
import { expect, test } from './support/test';
import type { Api } from './support/api';

/** One call of a model, as an application reports it. */
const call = (prompt: string, version: string, more: Record<string, unknown> = {}) => ({
  prompt,
  version,
  status: 'success',
  latency_ms: 820,
  input_tokens: 412,
  output_tokens: 96,
  provider: 'acme',
  model: 'large',
  cost_usd: 0.0021,
  key: 'user-7',
  session: 'talk-1',
  trace_id: 'request-1',
  country: 'DE',
  tags: { plan: 'pro' },
  variables: { question: 'Where is my parcel?' },
  input: [{ role: 'user', content: 'Where is my parcel?' }],
  output: 'It left Hamburg this morning.',
  ...more,
});

async function record(api: Api, ...executions: object[]): Promise<void> {
  const answer = await api.ask<{ accepted: number; rejected: unknown[] }>('POST', '/executions', executions);
  expect(answer, JSON.stringify(answer.rejected)).toMatchObject({ accepted: executions.length });
}

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

test('a call appears live, is opened, counted and compared', async ({ page, api, server }) => {
  await api.publish('shop/answer', 'Answer {{ question }} kindly.', { activate: 'production' });
  await api.publish('shop/answer', 'Answer {{ question }} kindly and briefly.');
  await enter(page, api, server, ['admin'], '/p/default/analytics');
  await expect(page.getByRole('heading', { name: 'Nothing is recorded yet' })).toBeVisible();
  await axe(page);
  await shots(page, 'analytics-empty');

  await page.getByRole('link', { name: 'Executions' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing is recorded yet' })).toBeVisible();
  await record(api, call('shop/answer', '1.0.0', { id: 'first', started_at: ago(5) }));
  await page.getByRole('switch', { name: 'Live' }).click();
  const table = page.getByRole('table', { name: /^Executions/ });
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.mouse.move(0, 0);
  await record(api, call('shop/answer', '1.0.1', { id: 'second', status: 'error', error_type: 'rate_limit', error_message: 'Rate limit reached, retry in 12 s' }));
  await expect(table.getByRole('row').nth(1)).toContainText('1.0.1');
  await expect(table.getByRole('row').nth(1)).toContainText('error');

  // Somebody reads: what comes waits.
  await table.getByRole('row').nth(2).hover();
  await record(api, call('shop/answer', '1.0.0', { id: 'third' }));
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible();
  await expect(table.getByRole('row')).toHaveCount(3);
  await page.getByRole('button', { name: '1 new' }).click();
  await expect(table.getByRole('row')).toHaveCount(4);
  await page.getByRole('switch', { name: 'Live' }).click();
  await expect(table.getByRole('row')).toHaveCount(4);
  await axe(page);
  await shots(page, 'executions');

  await table.getByRole('row', { name: /1\.0\.1/ }).click();
  const sheet = page.getByRole('complementary', { name: 'Execution' });
  await expect(sheet).toContainText('Rate limit reached, retry in 12 s');
  await expect(sheet).toContainText('It left Hamburg this morning.');
  await sheet.getByRole('button', { name: 'Render with these variables' }).click();
  await expect(sheet).toContainText('Answer Where is my parcel? kindly and briefly.');
  await sheet.getByRole('button', { name: 'Thumb up' }).click();
  await expect(sheet.getByRole('table', { name: 'Scores' })).toContainText('yes');
  await expect(sheet.getByRole('table', { name: 'Same trace' }).getByRole('row')).toHaveCount(3);
  await axe(page);
  await shots(page, 'execution');
  await page.goBack();
  await expect(sheet).toBeHidden();
  await expect(table.getByRole('row')).toHaveCount(4);

  await page.getByRole('link', { name: 'Analytics', exact: true }).click();
  await expect(page.locator('.figure', { hasText: 'Calls' })).toContainText('3');
  await expect(page.locator('.figure', { hasText: 'Error rate' })).toContainText('33.3');
  await page.getByRole('link', { name: 'Show executions' }).click();
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(table).toContainText('1.0.1');

  await page.goto('/p/default/prompts/shop%2Fanswer/compare?from=1.0.0&to=1.0.1');
  const figures = page.getByRole('region', { name: 'Performance', exact: true });
  await expect(figures.getByRole('row', { name: /^Latency, mean/ })).toContainText('820');
  await expect(figures.getByRole('columnheader', { name: '1.0.1' })).toBeVisible();
  await page.goto('/p/default/prompts/shop%2Fanswer/history');
  await expect(page.getByRole('row', { name: /1\.0\.0/ })).toContainText('820');
});

test('a chart without a mouse: values, a range, and the way back', async ({ page, api, server }) => {
  await api.publish('keys/chart', 'Draw {{ this }}.', { activate: 'production' });
  await record(api, ...Array.from({ length: 40 }, (_, i) => call('keys/chart', '1.0.0', { id: `chart-${i}`, started_at: ago(i * 90), latency_ms: 500 + i })));
  await enter(page, api, server, ['viewer'], '/p/default/prompts/keys%2Fchart/analytics');
  const chart = page.getByRole('slider', { name: /^Latency over time/ });
  await chart.focus();
  await expect(page.locator('.uplot')).not.toHaveCount(0);
  await page.keyboard.press('End');
  await expect(chart).toHaveAttribute('aria-valuetext', /p99 5\d\d.ms, p95 5\d\d.ms, p50 5\d\d.ms/);
  await expect(page.locator('.chart-tip').first()).toBeVisible();
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/from=.*&to=/);
  await expect(page.getByRole('button', { name: 'Whole range' })).toBeVisible();
  await page.goBack();
  await expect(page).not.toHaveURL(/from=/);

  await page.getByRole('button', { name: 'Latency: more' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Show as table' })).toBeFocused();
  await page.keyboard.press('Enter');
  const table = page.getByRole('region', { name: 'Latency as a table' });
  // A further column says what went live, where something did in this range.
  await expect(table.getByRole('columnheader').nth(3)).toHaveText('p50');
  await axe(page);
});

test('a range is drawn over a chart', async ({ page, api, server }) => {
  await api.publish('mouse/chart', 'Draw.', { activate: 'production' });
  await record(api, ...Array.from({ length: 30 }, (_, i) => call('mouse/chart', '1.0.0', { id: `mouse-${i}`, started_at: ago(i * 120) })));
  await enter(page, api, server, ['viewer'], '/p/default/prompts/mouse%2Fchart/analytics?range=7d');
  const chart = page.getByRole('slider', { name: /^Latency over time/ });
  await expect(chart.locator('canvas')).toBeVisible();
  const box = (await chart.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width * 0.5, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 80, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*&to=/);
  await expect(chart.locator('canvas')).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/range=7d/);
});

test('what calls say is never markup, and much of it is shown when it is asked for', async ({ page, api, server }) => {
  const evil = '<img src=x onerror="window.hurt = 1"><script>window.hurt = 1</script>';
  await api.publish('evil/call', 'Say {{ it }}.', { activate: 'production' });
  await record(
    api,
    call('evil/call', '1.0.0', { id: 'evil', input: evil.repeat(400), output: [{ role: evil, content: evil }], variables: { it: evil }, key: evil, session: evil, error_type: 'evil', error_message: evil, status: 'error', model: evil, tags: { x: evil }, metadata: { [evil]: evil } }),
  );
  await enter(page, api, server, ['admin'], '/p/default/executions/evil');
  const sheet = page.getByRole('complementary', { name: 'Execution' });
  await expect(sheet).toContainText('onerror');
  await sheet.getByRole('button', { name: /^Show all/ }).first().click();
  for (const path of ['/executions', '/analytics', '/analytics/usage', '/prompts/evil%2Fcall/analytics']) {
    await page.goto(`/p/default${path}`);
    await expect(page.getByRole('main')).toContainText('onerror');
    expect(await page.locator('img').count(), path).toBe(0);
    expect(await page.evaluate(() => 'hurt' in window), path).toBe(false);
  }
});

test('what is kept is decided, tried and obeyed; a user is erased by typing it twice', async ({ page, api, server }) => {
  await api.publish('kept/call', 'Keep {{ this }}.', { activate: 'production' });
  await enter(page, api, server, ['admin'], '/p/default/settings/recording');
  await page.getByRole('button', { name: 'Add an example' }).click();
  await page.getByRole('menuitem', { name: 'email' }).click();
  await page.getByLabel('Try it').fill('mail ada@example.com');
  await expect(page.getByText('mail [email]')).toBeVisible();
  await page.getByLabel('Tags for statistics').fill('plan');
  await page.getByRole('button', { name: 'Save recording' }).click();
  await expect(page.locator('.toast', { hasText: 'Recording changed' })).toBeVisible();
  await axe(page);
  await record(api, call('kept/call', '1.0.0', { id: 'kept', key: 'user-erase', output: 'Write to ada@example.com' }));
  await page.goto('/p/default/executions/kept');
  const sheet = page.getByRole('complementary', { name: 'Execution' });
  await expect(sheet).toContainText('Write to [email]');

  await page.goto('/p/default/settings/recording');
  await page.getByRole('button', { name: 'Erase a user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('User', { exact: true }).fill('user-erase');
  const erase = dialog.getByRole('button', { name: 'Erase the data of this user' });
  await expect(erase).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByLabel('The same user again').fill('user-erase');
  await axe(page);
  await erase.click();
  await expect(dialog).toContainText('Erased from 1 execution');
  await page.goto('/p/default/executions/kept');
  await expect(sheet).toContainText('Erased.');
});

test('a price is added and deleted; a call is priced by it', async ({ page, api, server }) => {
  await api.publish('priced/call', 'Cost {{ it }}.', { activate: 'production' });
  await enter(page, api, server, ['admin'], '/p/default/settings/prices');
  await page.getByRole('button', { name: 'Add a price' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Provider').fill('acme');
  await dialog.getByLabel('Model').fill('tiny');
  await dialog.getByLabel('Input', { exact: true }).fill('0.075');
  await dialog.getByLabel('Output', { exact: true }).fill('0.30');
  await axe(page);
  await dialog.getByRole('button', { name: 'Add the price' }).click();
  await expect(dialog).toBeHidden();
  await page.getByLabel('Find a model').fill('tiny');
  await expect(page.getByRole('row', { name: /tiny/ })).toContainText('$0.075');
  await record(api, call('priced/call', '1.0.0', { id: 'priced', model: 'tiny', input_tokens: 1000, output_tokens: 500, cost_usd: undefined }));
  await page.goto('/p/default/executions/priced');
  await expect(page.getByRole('complementary', { name: 'Execution' })).toContainText('$0.000225');
  await page.goto('/p/default/settings/prices?query=tiny');
  await page.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the price' }).click();
  await expect(page.getByText('No price matches “tiny”')).toBeVisible();
});
