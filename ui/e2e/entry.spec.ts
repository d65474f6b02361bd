import { PASSWORD } from './support/api';
import { axe, shots, signIn } from './support/page';
import { expect, test } from './support/test';

const ada = { name: 'Ada Berg', email: 'ada@example.com', password: PASSWORD };

test('the first account is made with the address that the server printed, and serves to come back', async ({ page, server }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Create the first account' })).toBeVisible();
  await page.goto(server.welcome);
  await expect(page.getByLabel('Setup token')).not.toBeEmpty();
  expect(page.url(), 'the token does not stay in the address').toBe(`${server.url}/welcome`);
  await axe(page);
  await shots(page, 'welcome');

  await page.getByLabel('Your name').fill(ada.name);
  await page.getByLabel('Email').fill(ada.email);
  await page.getByLabel('Setup token').fill('0'.repeat(64));
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('Email'), 'nothing that was typed is lost').toHaveValue(ada.email);
  await axe(page);

  await page.getByLabel('Setup token').fill(server.welcome.split('#token=')[1] ?? '');
  await page.getByRole('button', { name: 'Create the account' }).click();
  const you = page.getByRole('button', { name: `You: ${ada.name}` });
  await expect(you).toBeVisible();
  await expect(page).toHaveURL(`${server.url}/p/default/prompts`);
  await axe(page);
  await shots(page, 'first-page');

  await you.click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.reload();
  await axe(page);
  await shots(page, 'sign-in');

  await page.getByLabel('Email').fill(ada.email);
  await page.getByLabel('Password').fill('a wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('The email or the password is wrong.');
  await expect(page.getByLabel('Password')).toBeEmpty();
  await expect(page.getByLabel('Email')).toHaveValue(ada.email);
  await axe(page);
  await shots(page, 'sign-in-refused');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(you).toBeVisible();
});

test('who was invited chooses a password once', async ({ page, api, server, browser }) => {
  const { link } = await api.invite(['editor'], 'Eva Lind', 'eva@example.com');
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Choose a password' })).toBeVisible();
  expect(page.url(), 'the token does not stay in the address').toBe(`${server.url}/welcome`);
  await axe(page);
  await shots(page, 'choose-password');
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(page.getByRole('button', { name: 'You: Eva Lind' })).toBeVisible();

  const another = await browser.newContext({ baseURL: server.url });
  const late = await another.newPage();
  await late.goto(link);
  await late.getByLabel('New password').fill('another long password');
  await late.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(late.getByRole('alert')).toBeVisible();
  await another.close();
});

test('an address that needs signing in is where one arrives', async ({ page, api, server }) => {
  const viewer = await api.person(['viewer'], 'Vera');
  await signIn(page, viewer, '/p/default/prompts?q=reply');
  await expect(page).toHaveURL(`${server.url}/p/default/prompts?q=reply`);
});

test('a session that ended elsewhere leads to signing in', async ({ page, api }) => {
  const viewer = await api.person(['viewer'], 'Otto');
  await signIn(page, viewer);
  await api.ask('DELETE', `/users/${viewer.id}`);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
