import { expect, test } from 'vitest';
import { ARCHIVE, join, openCall, openPage, picture, withChromium } from './window.ts';

withChromium();

test('shows who is here, speaks, is muted, moderates and raises a hand', async () => {
  const page = await openCall();
  const card = (name: string) => page.locator(`[data-testid=participant][data-name="${name}"]`);
  expect(await page.getByTestId('participant').count()).toBe(6);
  expect(await card('Mia Lorenz').textContent()).toContain('spricht');
  expect(await card('Jonas').textContent()).toContain('stumm');
  expect(await card('Jonas').textContent()).toContain('Hand 1');
  expect(await card('Frau Aydın').textContent()).toContain('Leitung');
  expect(await card('Frau Aydın').textContent()).toContain('(Sie)');
  await picture(page, 'call');
  await page.evaluate(() => {
    const all = window.engine.meeting.participants;
    const mia = all.mia as (typeof all)[string];
    window.engine.setMeeting({ participants: { ...all, mia: { ...mia, speaking: false } } });
  });
  await expect.poll(() => card('Mia Lorenz').getAttribute('data-speaking')).toBeNull();
});

test('mute and hand follow the engine, by button and by keys', async () => {
  const page = await openCall();
  await page.getByRole('button', { name: 'Stumm schalten' }).click();
  await page.getByRole('button', { name: 'Mikrofon einschalten' }).waitFor();
  await page.getByLabel('Nachricht schreiben').focus();
  await page.keyboard.press('Control+Shift+M');
  await page.getByRole('button', { name: 'Stumm schalten' }).waitFor();
  await page.keyboard.press('Control+Shift+K');
  await page.getByRole('button', { name: 'Hand senken' }).waitFor();
  expect(await page.getByLabel('Nachricht schreiben').inputValue()).toBe('');
  const asked = await page.evaluate(() =>
    window.engine.asked.filter((one) => one.kind === 'mute' || one.kind === 'raiseHand'),
  );
  expect(asked).toEqual([
    { kind: 'mute', muted: true },
    { kind: 'mute', muted: false },
    { kind: 'raiseHand', raised: true },
  ]);
});

test('a refused action changes nothing on screen and says why', async () => {
  const page = await openCall();
  await page.evaluate(() => window.engine.refusals.set('mute', 'RZ-NOT-NOW'));
  await page.getByTestId('mute').click();
  await page.locator('[data-testid=problem][data-code=RZ-NOT-NOW]').waitFor();
  await page.getByRole('button', { name: 'Stumm schalten' }).waitFor();
});

test('muted by a moderator is shown and said', async () => {
  const page = await openCall();
  await page.evaluate(() => window.engine.set({ muted: true }));
  await page.getByRole('button', { name: 'Mikrofon einschalten' }).waitFor();
  await expect.poll(() => page.getByTestId('announcer').textContent()).toContain('Ihr Mikrofon ist stumm.');
});

test('each state of the connection is told as it is', async () => {
  const page = await openPage();
  await join(page);
  const mark = page.getByTestId('connection');
  expect(await mark.textContent()).toContain('Verbindung wird aufgebaut');
  await picture(page, 'call-joining');
  await page.evaluate(() => window.engine.setMeeting({ connection: 'lobby' }));
  await page.getByText('Sie sind im Warteraum.').waitFor();
  await picture(page, 'call-lobby');
  await page.evaluate(() => window.engine.enter({ media: 'connecting' }));
  await expect.poll(() => mark.textContent()).toContain('Ton wird verbunden');
  await page.evaluate(() => window.engine.setMeeting({ media: 'connected' }));
  await expect.poll(() => mark.textContent()).toBe('Verbunden');
  await page.evaluate(() => window.engine.setMeeting({ media: 'interrupted' }));
  await expect.poll(() => mark.textContent()).toContain('Der Ton ist unterbrochen');
  await page.evaluate(() =>
    window.engine.setMeeting({
      connection: 'reconnecting',
      trouble: { code: 'RZ-NET-LOST', values: {}, chain: 'stream closed' },
    }),
  );
  await expect.poll(() => mark.textContent()).toContain('Ranzen verbindet sich wieder');
  expect(await page.getByTestId('participants').count()).toBe(1);
  await picture(page, 'call-reconnecting');
});

test('a dismissed problem stays away until another comes', async () => {
  const page = await openCall();
  const trouble = (chain: string) =>
    page.evaluate(
      (chain) => window.engine.setMeeting({ trouble: { code: 'RZ-SERVER-BRIDGE', values: {}, chain } }),
      chain,
    );
  await trouble('one');
  await page.getByRole('button', { name: 'Hinweis schließen' }).click();
  await trouble('one');
  await page.waitForTimeout(100);
  expect(await page.getByTestId('problem').count()).toBe(0);
  await trouble('two');
  await page.getByTestId('problem').waitFor();
});

test('every end has its reason and a next step', async () => {
  const page = await openCall({ archive: ARCHIVE });
  await page.getByTestId('leave').click();
  await page.getByRole('heading', { name: 'Sie haben das Meeting verlassen' }).waitFor();
  await picture(page, 'ended-left');
  await page.getByTestId('again').click();
  await page.evaluate(() => window.engine.enter());
  await page.evaluate(() => window.engine.end({ kind: 'kicked', by: 'Herr Kurz', reason: 'Falscher Raum' }));
  await page.getByText('Entfernt durch Herr Kurz.').waitFor();
  await page.getByText('Begründung: Falscher Raum').waitFor();
  await page.getByTestId('again').click();
  await page.evaluate(() => window.engine.enter());
  await page.evaluate(() => window.engine.end({ kind: 'meetingEnded', reason: null }));
  await page.getByText('Die Leitung hat das Meeting für alle beendet.').waitFor();
  await page.getByTestId('again').click();
  await page.evaluate(() =>
    window.engine.end({ kind: 'failed', problem: { code: 'RZ-NET-DNS', values: { host: 'x' }, chain: '' } }),
  );
  await page.getByRole('heading', { name: 'Die Teilnahme hat nicht geklappt' }).waitFor();
  await page.locator('[data-testid=problem][data-code=RZ-NET-DNS]').waitFor();
  await page.getByTestId('home').click();
  await page.getByTestId('join').waitFor();
});

test('from the end one reads the chat that was kept', async () => {
  const page = await openCall({ archive: ARCHIVE });
  await page.getByTestId('leave').click();
  await page.getByTestId('read').click();
  await page.getByRole('heading', { name: 'Klasse 7b – Mathematik' }).waitFor();
  expect(await page.getByTestId('message').count()).toBe(7);
});
