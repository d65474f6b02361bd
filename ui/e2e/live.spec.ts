import { signIn } from './support/page';
import { expect, test } from './support/test';

test('a window shows what others do without being asked', async ({ page, api }) => {
  const viewer = await api.person(['viewer'], 'Vera');
  await signIn(page, viewer);
  const state = page.getByRole('status').filter({ hasText: 'Serving, revision' });
  await expect(state).toBeVisible();
  const shown = async () => Number((await state.innerText()).replace(/\D/g, ''));
  const before = await shown();
  await api.publish('support/reply', 'Answer {{ question }}', { activate: 'production' });
  await expect.poll(shown).toBe(before + 1);
  await api.publish('support/reply', 'Answer {{ question }} kindly');
  await expect.poll(shown).toBe(before + 2);
});
