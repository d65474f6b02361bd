import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { Person } from './api';

const THEMES = ['light', 'dark'] as const;
const AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** By the form, as a person does it. Ends where somebody who is in arrives. */
export async function signIn(page: Page, person: Pick<Person, 'email' | 'password' | 'name'>, path = '/'): Promise<void> {
  await page.goto(path);
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('button', { name: `You: ${person.name}` })).toBeVisible();
}

/** No finding of WCAG 2.2, A and AA; in the dark theme only colours can be different. */
export async function axe(page: Page): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    const builder = new AxeBuilder({ page });
    const { violations } = await (colorScheme === 'dark' ? builder.withRules(['color-contrast', 'link-in-text-block']) : builder.withTags(AA)).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
    expect(found, `${page.url()}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Pictures of the page in both themes, into `shots`, for people to look at. */
export async function shots(page: Page, name: string): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `shots/${name}-${colorScheme}.png`, animations: 'disabled' });
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Both themes, and 360 pixels without scrolling sideways; with a name, pictures of all of them. */
export async function looks(page: Page, name?: string): Promise<void> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await axe(page);
  if (name) await shots(page, name);
  const wide = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  const { wider, high } = await page.evaluate(() => ({ wider: document.documentElement.scrollWidth - document.documentElement.clientWidth, high: document.documentElement.scrollHeight }));
  expect(wider, 'no scrolling sideways at 360 pixels').toBe(0);
  // At its full height, so that no bar at the bottom lies over half a link. A dialog has the height of a screen.
  if ((await page.locator('dialog[open]').count()) === 0) await page.setViewportSize({ width: 360, height: Math.max(high, 740) });
  await axe(page);
  if (name) await shots(page, `${name}-narrow`);
  if (wide) await page.setViewportSize(wide);
}
