import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openCall, picture, withChromium } from './window.ts';

withChromium();

const LONG = 40;

/** Fills the chat so that it scrolls. */
async function fill(page: Page): Promise<void> {
  await page.evaluate((count) => {
    const { MIA, message } = window.people;
    window.engine.setMeeting({
      chat: Array.from({ length: count }, (_, at) => message(`m${at}`, MIA, `Zeile ${at}\nmit zwei Zeilen`)),
    });
  }, LONG);
  await page.getByText(`Zeile ${LONG - 1}`).waitFor();
}

const hear = (page: Page, id: string, body: string) =>
  page.evaluate(([id, body]) => window.engine.hear(window.people.message(id, window.people.MIA, body)), [
    id,
    body,
  ] as const);
const scrolled = (page: Page) => page.getByTestId('chat-log').evaluate((box) => box.scrollTop);
const fromEnd = (page: Page) =>
  page.getByTestId('chat-log').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);

test('new text moves neither focus nor what one is reading, and can be jumped to', async () => {
  const page = await openCall({}, false);
  await fill(page);
  const write = page.getByLabel('Nachricht schreiben');
  await write.fill('angefangener Satz');
  await page.getByTestId('chat-log').evaluate((box) => {
    box.scrollTop = 100;
  });
  await page.waitForTimeout(100);
  for (let at = 0; at < 5; at += 1) await hear(page, `n${at}`, `Neu ${at}`);
  await page.getByRole('button', { name: '5 neue Nachrichten' }).waitFor();
  expect(await scrolled(page)).toBe(100);
  expect(await write.evaluate((it) => it === document.activeElement)).toBe(true);
  expect(await write.inputValue()).toBe('angefangener Satz');
  await picture(page, 'chat-newer');
  await page.getByRole('button', { name: '5 neue Nachrichten' }).click();
  expect(await fromEnd(page)).toBeLessThan(2);
  await page.getByTestId('newer').waitFor({ state: 'detached' });
});

test('who reads the end stays at the end', async () => {
  const page = await openCall({}, false);
  await fill(page);
  expect(await fromEnd(page)).toBeLessThan(2);
  await hear(page, 'n', 'Noch eine');
  await page.getByText('Noch eine').first().waitFor();
  expect(await fromEnd(page)).toBeLessThan(2);
});

test('a new message is announced politely, once', async () => {
  const page = await openCall({}, false);
  await hear(page, 'n', 'Fertig!');
  const region = page.getByTestId('announcer');
  await expect.poll(() => region.textContent()).toContain('Mia Lorenz: Fertig!');
  expect(await region.getAttribute('aria-live')).toBe('polite');
  expect(((await region.textContent()) ?? '').split('Fertig!')).toHaveLength(2);
});

test('Enter sends, Shift+Enter does not; the way of a message is shown', async () => {
  const page = await openCall({}, false);
  const write = page.getByLabel('Nachricht schreiben');
  await write.click();
  await page.keyboard.type('eins');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('zwei');
  await page.keyboard.press('Enter');
  const line = page.getByTestId('message');
  await expect.poll(() => line.getAttribute('data-delivery')).toBe('pending');
  expect(await line.textContent()).toContain('eins\nzwei');
  expect(await write.inputValue()).toBe('');
  expect(await write.evaluate((it) => it === document.activeElement)).toBe(true);
  await page.evaluate(() => window.engine.deliver('sent-1', 'delivered'));
  await expect.poll(() => line.getAttribute('data-delivery')).toBe('delivered');
  await page.evaluate(() => window.engine.deliver('sent-1', 'failed'));
  await page.getByText('nicht angekommen').waitFor();
});

test('what was refused stays in the field', async () => {
  const page = await openCall({}, false);
  await page.evaluate(() => window.engine.refusals.set('chat', 'RZ-CHAT-LONG'));
  await page.getByLabel('Nachricht schreiben').fill('zu lang');
  await page.getByTestId('chat-send').click();
  await page.locator('[data-testid=problem][data-code=RZ-CHAT-LONG]').waitFor();
  expect(await page.getByLabel('Nachricht schreiben').inputValue()).toBe('zu lang');
});

test('a private message goes to one, also when that one is gone it never goes to all', async () => {
  const page = await openCall({}, false);
  await page.getByRole('button', { name: 'Privat an Sofia Petrović schreiben' }).click();
  await page.getByLabel('Nachricht schreiben').fill('nur für dich');
  await page.keyboard.press('Enter');
  const sent = () => page.evaluate(() => window.engine.asked.filter((one) => one.kind === 'chat'));
  await expect
    .poll(sent)
    .toEqual([
      { kind: 'chat', to: { kind: 'private', with: 'sofia', name: 'Sofia Petrović' }, body: 'nur für dich' },
    ]);
  await page.getByText('Privat an Sofia Petrović', { exact: true }).waitFor();
  await picture(page, 'chat-private');

  await page.getByLabel('Nachricht schreiben').fill('noch etwas');
  await page.evaluate(() => {
    const { sofia: _, ...rest } = window.engine.meeting.participants;
    window.engine.setMeeting({ participants: rest as typeof window.engine.meeting.participants });
  });
  await page.getByText('Sofia Petrović ist nicht mehr da.').waitFor();
  await page.getByLabel('Nachricht schreiben').press('Enter');
  expect(await sent()).toHaveLength(1);

  await page.getByTestId('audience').getByRole('button').click();
  await page.getByRole('option', { name: 'Alle' }).click();
  await page.getByTestId('chat-send').click();
  await expect
    .poll(async () => (await sent()).at(-1))
    .toMatchObject({ to: { kind: 'everyone' }, body: 'noch etwas' });
});

test('text is only ever text', async () => {
  const page = await openCall({}, false);
  await hear(page, 'x', '<img src=x onerror=alert(1)> <b>fett</b> javascript:alert(1)');
  const line = page.getByTestId('message');
  await expect.poll(() => line.textContent()).toContain('<b>fett</b>');
  expect(await line.locator('b, img, a, script').count()).toBe(0);
});

test('a meeting without chat says so', async () => {
  const page = await openCall({}, false);
  await page.evaluate(() => window.engine.setMeeting({ capabilities: ['microphone'] }));
  await page.getByText('In diesem Meeting ist der Chat ausgeschaltet.').waitFor();
});

test('two thousand messages are still written to without delay for the hand', async () => {
  const page = await openCall({}, false);
  await page.evaluate(() => {
    const { MIA, message } = window.people;
    window.engine.setMeeting({
      chat: Array.from({ length: 2000 }, (_, at) => message(`m${at}`, MIA, `Nachricht ${at}`)),
    });
  });
  await page.getByText('Nachricht 1999').waitFor();
  const before = await page
    .getByTestId('message')
    .first()
    .evaluateHandle((line) => line);
  await hear(page, 'n', 'Noch eine');
  await page.getByText('Noch eine').first().waitFor();
  // The lines that were there are the same elements: only what is new was drawn.
  expect(
    await page
      .getByTestId('message')
      .first()
      .evaluate((line, old) => line === old, before),
  ).toBe(true);
});
