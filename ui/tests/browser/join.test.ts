import { expect, test } from 'vitest';
import { LINK, openPage, picture, withChromium } from './window.ts';

withChromium();

test('a new teacher is in the meeting after three actions, the next time after two', async () => {
  const page = await openPage();
  // 1: paste. The field has the focus already.
  await page.evaluate((link) => navigator.clipboard.writeText(link), LINK);
  await page.keyboard.press('Control+V');
  await page.getByText('Führt zu meet.schule.example.org/klasse-7b').waitFor();
  // 2: name.
  await page.getByLabel('Ihr Name').fill('Frau Aydın');
  // 3: join.
  await page.getByRole('button', { name: 'Teilnehmen' }).click();
  await page.getByTestId('connection').waitFor();
  const asked = await page.evaluate(() => window.engine.asked.find((one) => one.kind === 'join'));
  expect(asked).toEqual({ kind: 'join', link: LINK, name: 'Frau Aydın', muted: false, password: null });

  await page.reload();
  await page.getByLabel('Link zum Meeting').fill(LINK);
  expect(await page.getByLabel('Ihr Name').inputValue()).toBe('Frau Aydın');
  await page.keyboard.press('Enter');
  await page.getByTestId('connection').waitFor();
});

test('a wrong link is told while it is typed, and nothing is joined', async () => {
  const page = await openPage();
  await page.getByLabel('Link zum Meeting').fill('klasse 7b');
  await page.getByText('Das ist kein Link zu einem Meeting.').waitFor();
  await page.getByRole('button', { name: 'Teilnehmen' }).click();
  expect(await page.getByLabel('Link zum Meeting').evaluate((it) => it === document.activeElement)).toBe(
    true,
  );
  expect(await page.evaluate(() => window.engine.asked.some((one) => one.kind === 'join'))).toBe(false);
  await picture(page, 'start-wrong-link');
});

test('what is missing gets the focus and a sentence', async () => {
  const page = await openPage();
  await page.getByTestId('join').click();
  await page.getByText('Bitte fügen Sie den Link ein.').waitFor();
  await page.getByLabel('Link zum Meeting').fill(LINK);
  await page.getByTestId('join').click();
  await page.getByText('Bitte geben Sie Ihren Namen ein.').waitFor();
  expect(await page.getByLabel('Ihr Name').evaluate((it) => it === document.activeElement)).toBe(true);
});

test('a refusal by the engine is shown and loses nothing', async () => {
  const page = await openPage();
  await page.evaluate(() => window.engine.refusals.set('join', 'RZ-NAME-LONG'));
  await page.getByLabel('Link zum Meeting').fill(LINK);
  await page.getByLabel('Ihr Name').fill('Mia');
  await page.getByTestId('join').click();
  await page.locator('[data-testid=name][aria-invalid=true]').waitFor();
  await page.evaluate(() => window.engine.refusals.set('join', 'RZ-NOT-NOW'));
  await page.getByTestId('join').click();
  await page.locator('[data-testid=problem][data-code=RZ-NOT-NOW]').waitFor();
  expect(await page.getByLabel('Link zum Meeting').inputValue()).toBe(LINK);
});

test('the microphone is opened only when asked, and its level is shown', async () => {
  const page = await openPage();
  const asked = () => page.evaluate(() => window.engine.asked.filter((one) => one.kind === 'preview'));
  await page.getByText('Mikrofon prüfen').waitFor();
  expect(await asked()).toEqual([]);
  await page.getByText('Mikrofon prüfen').click();
  await page.evaluate(() => window.engine.levels(0.25));
  const meter = page.getByLabel('Pegel des Mikrofons');
  await expect.poll(() => meter.getAttribute('aria-valuenow')).toBe('50');
  await picture(page, 'start-level');
  await page.getByText('Mikrofon prüfen').click();
  await meter.waitFor({ state: 'detached' });
  expect(await asked()).toEqual([
    { kind: 'preview', on: true },
    { kind: 'preview', on: false },
  ]);
});

test('devices are chosen, kept for the next start, and told when they are gone', async () => {
  const page = await openPage();
  await page.getByRole('button', { name: /Mikrofon$/ }).click();
  await page.getByRole('option', { name: 'Headset' }).click();
  const last = () =>
    page.evaluate(() => window.engine.asked.filter((one) => one.kind === 'chooseDevices').at(-1));
  await expect.poll(last).toEqual({ kind: 'chooseDevices', input: 'mic-2', output: null });
  await page.reload();
  await expect.poll(last).toEqual({ kind: 'chooseDevices', input: 'mic-2', output: null });
  await page.evaluate(() => {
    window.engine.inputs = window.engine.inputs.filter((one) => one.id !== 'mic-2');
    window.engine.devicesChanged();
  });
  await page.getByText('Zuvor gewählt, nicht angeschlossen').first().waitFor();
});

test('no microphone at all is told', async () => {
  const page = await openPage();
  await page.evaluate(() => {
    window.engine.inputs = [];
    window.engine.devicesChanged();
  });
  await page.getByText('Kein Mikrofon gefunden').waitFor();
  await page.getByText('Mikrofon prüfen').click();
  await page.locator('[data-testid=problem][data-code=RZ-MIC-MISSING]').waitFor();
});

test('a room that wants a password asks for it and joins again', async () => {
  const page = await openPage();
  await page.getByLabel('Link zum Meeting').fill(LINK);
  await page.getByLabel('Ihr Name').fill('Mia');
  await page.getByTestId('join').click();
  await page.getByTestId('connection').waitFor();
  await page.evaluate(() =>
    window.engine.end({ kind: 'failed', problem: { code: 'RZ-ROOM-PASSWORD', values: {}, chain: '' } }),
  );
  await page.getByLabel('Passwort des Raums').fill('geheim');
  await page.getByTestId('again').click();
  await page.getByTestId('connection').waitFor();
  const asked = await page.evaluate(() => window.engine.asked.filter((one) => one.kind === 'join').at(-1));
  expect(asked).toMatchObject({ link: LINK, name: 'Mia', password: 'geheim' });
});
