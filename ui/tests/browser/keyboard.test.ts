import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { ARCHIVE, focused, LINK, openCall, openPage, withChromium } from './window.ts';

withChromium();

/** Tabs on until the focus is there, and checks that each stop can be seen. */
async function tabTo(page: Page, wanted: string | RegExp, steps = 40): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    const at = await focused(page);
    if (typeof wanted === 'string' ? at === wanted : wanted.test(at)) return;
    await page.keyboard.press('Tab');
    await seen(page);
  }
  throw new Error(`the focus never came to ${wanted}`);
}

/** The focus must be drawn: an outline on the element itself or on what it stands for. */
async function seen(page: Page): Promise<void> {
  const drawn = await page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return true;
    const ring = (one: Element) => {
      const style = getComputedStyle(one);
      return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
    };
    const label = at.closest('label');
    return ring(at) || [...(label?.querySelectorAll('*') ?? [])].some(ring);
  });
  expect(drawn, `the focus on "${await focused(page)}" can't be seen`).toBe(true);
}

test('from the first start to reading the chat without a mouse', async () => {
  const page = await openPage({ start: { vault: 'missing' }, archive: ARCHIVE });
  await tabTo(page, 'create-vault');
  await page.keyboard.press('Enter');
  await page.getByTestId('recovery-code').waitFor();
  await tabTo(page, 'code-kept');
  await page.keyboard.press('Space');
  await tabTo(page, 'code-continue');
  await page.keyboard.press('Enter');

  await page.getByTestId('join').waitFor();
  expect(await focused(page)).toBe('link');
  await page.keyboard.type(LINK);
  await tabTo(page, 'name');
  await page.keyboard.type('Frau Aydın');
  await page.keyboard.press('Tab');
  // The list of microphones: open, down, choose.
  await page.keyboard.press('Enter');
  await page.getByRole('listbox').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => page.evaluate(() => window.engine.asked.filter((one) => one.kind === 'chooseDevices').at(-1)))
    .toEqual({ kind: 'chooseDevices', input: 'mic-1', output: null });
  await tabTo(page, 'join');
  await page.keyboard.press('Enter');
  await page.getByTestId('connection').waitFor();
  await page.evaluate(() => window.engine.enter({ chat: window.people.CHAT }));
  await page.getByTestId('participants').waitFor();

  await tabTo(page, 'audience');
  await page.keyboard.press('ArrowDown');
  await page.getByRole('listbox').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await tabTo(page, 'chat-text');
  await page.keyboard.type('von Hand');
  await page.keyboard.press('Enter');
  await page.getByText('von Hand').first().waitFor();
  await tabTo(page, 'mute');
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Mikrofon einschalten' }).waitFor();
  await tabTo(page, 'devices');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => focused(page)).toBe('devices');
  await tabTo(page, 'leave');
  await page.keyboard.press('Enter');

  await page.getByTestId('ended').waitFor();
  await tabTo(page, 'read');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Klasse 7b – Mathematik' }).waitFor();
  await tabTo(page, 'export');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await tabTo(page, 'back', 60);
  await page.keyboard.press('Enter');
  await page.getByTestId('join').waitFor();
});

test('the archive is searched and opened without a mouse', async () => {
  const page = await openPage({ archive: ARCHIVE });
  await tabTo(page, 'search');
  await page.keyboard.type('Seite 42');
  await page.getByText('Ein Treffer').first().waitFor();
  await tabTo(page, /Klasse 7b/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Klasse 7b – Mathematik' }).waitFor();
});

test('each new screen takes the focus to its heading or first field', async () => {
  const page = await openCall();
  const at = () => page.evaluate(() => document.activeElement?.tagName);
  expect(await at()).toBe('H1');
  await page.keyboard.press('Control+Shift+M');
  await page.getByTestId('leave').click();
  await page.getByTestId('ended').waitFor();
  expect(await at()).toBe('H1');
});

test('two presses of Tab on the chat are enough to pass a long one', async () => {
  const page = await openCall();
  await tabTo(page, 'chat-log');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('audience');
});
