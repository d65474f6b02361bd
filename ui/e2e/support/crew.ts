import { expect, type BrowserContext, type Page } from '@playwright/test';
import { PASSWORD, type Api, type Role } from './api';

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

/** Who was signed in on which server. Signing in is limited, so each person does it once. */
const signedIn = new Map<string, Promise<Cookies>>();

/** Somebody with these roles looks at the page, signed in. */
export async function enter(page: Page, api: Api, server: { url: string }, roles: Role[], path = '/p/default/prompts', name = `Person ${roles.join(' ')}`): Promise<string> {
  const who = `${server.url} ${name}`;
  const known = signedIn.get(who) ?? begin(page, api, server, roles, name);
  signedIn.set(who, known);
  await page.context().addCookies(await known);
  await page.goto(path);
  await expect(page.getByRole('main')).toBeVisible();
  return name;
}

async function begin(page: Page, api: Api, server: { url: string }, roles: Role[], name: string): Promise<Cookies> {
  const { link } = await api.invite(roles, name, `${name.toLowerCase().replace(/[^a-z0-9]+/g, '.')}@example.com`);
  const answer = await page.request.post(`${server.url}/api/v1/session/link`, { data: { token: link.split('#link=')[1], password: PASSWORD } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return page.context().cookies();
}

/** The text of the only, or the named, editor. */
export const editorOf = (page: Page, label: string | RegExp = 'Text of the prompt') => page.getByRole('textbox', { name: label });

/** Types a text in place of what is there. */
export async function write(page: Page, text: string, label?: string | RegExp): Promise<void> {
  const editor = editorOf(page, label);
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}
