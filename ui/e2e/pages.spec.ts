import { enter } from './support/crew';
import { axe, shots } from './support/page';
import { expect, test } from './support/test';

const PAGES = {
  prompts: '/p/default/prompts',
  'prompts-ahead': '/p/default/prompts?status=ahead',
  'prompts-none': '/p/default/prompts?query=nothing+is+called+so',
  overview: '/p/default/prompts/demo%2Freply',
  'editor-chat': '/p/default/prompts/demo%2Freply/editor',
  history: '/p/default/prompts/demo%2Freply/history',
  version: '/p/default/prompts/demo%2Freply/versions/1.0.0',
  compare: '/p/default/prompts/demo%2Freply/compare?from=1&to=2',
  'compare-unified': '/p/default/prompts/demo%2Freply/compare?from=1&to=2&view=unified',
  activity: '/p/default/prompts/demo%2Freply/activity',
  'prompt-analytics': '/p/default/prompts/demo%2Freply/analytics',
  'prompt-deployments': '/p/default/prompts/demo%2Freply/deployments',
  approvals: '/p/default/approvals',
  'approvals-open': '/p/default/approvals?show=open',
  'approvals-decided': '/p/default/approvals?show=decided',
  'no-such-approval': '/p/default/approvals/not-there',
  'no-such-emergency': '/p/default/emergencies/not-there',
  deployments: '/p/default/deployments',
  'ways-back': '/p/default/deployments?view=back',
  'deployments-none': '/p/default/deployments?state=superseded',
  'no-such-deployment': '/p/default/deployments/not-there',
  analytics: '/p/default/analytics',
  'analytics-quality': '/p/default/analytics/quality',
  'analytics-usage': '/p/default/analytics/usage',
  executions: '/p/default/executions',
  'executions-none': '/p/default/executions?status=blocked',
  execution: '/p/default/executions/call-0',
  'no-such-execution': '/p/default/executions/not-there',
  'project-history': '/p/default/history',
  audit: '/p/default/audit',
  import: '/p/default/import',
  'settings-general': '/p/default/settings/general',
  'settings-environments': '/p/default/settings/environments',
  'settings-keys': '/p/default/settings/keys',
  'settings-webhooks': '/p/default/settings/webhooks',
  'settings-users': '/p/default/settings/users',
  'settings-recording': '/p/default/settings/recording',
  'settings-prices': '/p/default/settings/prices',
  'settings-about': '/p/default/settings/about',
  'settings-account': '/p/default/settings/account',
  'not-there': '/p/default/nowhere',
  'no-such-prompt': '/p/default/prompts/not%2Fthere',
};

const CHAT = [
  { role: 'system', content: 'You answer customers of {{ shop }}. {% if formal %}Be formal.{% endif %}' },
  { placeholder: 'history' },
  { role: 'user', content: '{{ question }}' },
];

test.beforeEach(async ({ api }) => {
  const there = await api.ask<{ total: number }>('GET', '/prompts?limit=1');
  if (there.total > 0) return;
  await api.publish('demo/reply', CHAT, { activate: 'production', note: 'First', settings: { provider: 'acme', model: 'large', temperature: 0.4 } });
  await api.publish('demo/reply', [...CHAT, { role: 'user', content: 'Answer in {{ sentences }} sentences.' }], { note: 'Length can be chosen', settings: { provider: 'acme', model: 'large', temperature: 0.3 } });
  await api.ask('POST', '/deployments', { prompt: 'demo/reply', version: '2', environment: 'production', strategy: 'canary', reason: 'Shorter answers' });
  await api.publish('demo/triage', 'Sort {{ ticket }}.', { activate: 'staging' });
  await api.publish('plain', 'No variables.');
  const calls = Array.from({ length: 60 }, (_, i) => ({
    id: `call-${i}`, prompt: 'demo/reply', version: i % 3 ? '1' : '2', started_at: new Date(Date.now() - i * 3_600_000).toISOString(), provider: 'acme', model: 'large', country: i % 2 ? 'DE' : 'FR',
    latency_ms: 600 + 13 * i, input_tokens: 400, output_tokens: 90, key: 'user-7', session: 'talk', trace_id: `request-${Math.floor(i / 2)}`, tags: { plan: 'pro' }, scores: { thumbs: i % 5 !== 0 },
    variables: { shop: 'Nordlicht', formal: true, question: 'Where?' }, input: 'Where is it?', output: 'On its way.',
    ...(i % 7 === 0 ? { status: 'error', error_type: 'rate_limit', error_message: `Rate limit reached, retry in ${i} s` } : { status: 'success', cost_usd: 0.002 }),
  }));
  await api.ask('POST', '/executions', calls);
  await api.ask('POST', '/webhooks', { url: 'https://hooks.example.com/promptory', events: ['webhook.never'] });
  await api.ask('POST', '/keys', { name: 'Checkout service', scopes: ['render'], environment: 'production' });
});

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: no finding of axe, nothing jumps, nothing sticks out`, async ({ page, api, server }) => {
    await enter(page, api, server, ['admin'], path);
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached();
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    await axe(page);
    await shots(page, `page-${name}`);
    const shift = await page.evaluate(
      () =>
        new Promise<number>((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) sum += entry.value;
          }).observe({ type: 'layout-shift', buffered: true });
          requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
        }),
    );
    expect(shift, 'cumulative layout shift').toBeLessThan(0.05);
    await page.setViewportSize({ width: 360, height: 740 });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider, 'no scrolling sideways at 360 pixels').toBe(0);
    await axe(page);
    await page.screenshot({ path: `shots/page-${name}-narrow.png` });
  });
}

test('a press shows in the same frame that it is being done', async ({ page, api, server }) => {
  await enter(page, api, server, ['admin'], '/p/default/settings/account');
  await page.goto('/p/default/prompts/demo%2Freply');
  await page.getByRole('button', { name: 'Change' }).click();
  await page.route('**/api/v1/prompts/demo%2Freply', async (route) => {
    // The answer waits until the frame was looked at.
    if (route.request().method() === 'PATCH') await held;
    await route.continue();
  });
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.getByLabel('Description').fill('Answers customers');
  const busy = await page.getByRole('dialog').getByRole('button', { name: 'Save' }).evaluate(
    (button: HTMLButtonElement) =>
      new Promise<string | null>((done) => {
        button.click();
        requestAnimationFrame(() => done(button.getAttribute('aria-busy')));
      }),
  );
  release();
  expect(busy).toBe('true');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByText('Answers customers')).toBeVisible();
});

test('files of the page are kept, the page itself is asked for', async ({ request }) => {
  const page = await request.get('/p/default/prompts');
  expect(page.headers()['cache-control']).toContain('no-cache');
  expect(page.headers()['content-security-policy']).not.toContain('unsafe');
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
  const asset = await request.get(script, { headers: { 'Accept-Encoding': 'br' } });
  expect(asset.headers()['cache-control']).toContain('immutable');
  expect(asset.headers()['content-encoding']).toBe('br');
  expect((await request.get('/assets/not-there.js')).status()).toBe(404);
});
