import { expect, test } from 'vitest';
import { ARCHIVE, openPage, picture, withChromium } from './window.ts';

withChromium();

test('past meetings are listed, opened, and left again', async () => {
  const page = await openPage({ archive: ARCHIVE });
  const list = page.getByRole('grid', { name: 'Aufbewahrte Meetings, neueste zuerst' });
  expect(await list.getByRole('row').count()).toBe(3);
  await list.getByRole('row').first().click();
  await page.getByRole('heading', { name: 'Klasse 7b – Mathematik', level: 1 }).waitFor();
  await picture(page, 'record');
  await page.getByTestId('back').click();
  await list.waitFor();
});

test('a search marks what it found and says how much', async () => {
  const page = await openPage({ archive: ARCHIVE });
  await page.getByRole('searchbox').fill('aufgabe');
  await page.getByText('3 Treffer').first().waitFor();
  expect(await page.locator('mark').allTextContents()).toEqual(['aufgabe', 'Aufgabe', 'Aufgabe']);
  await expect.poll(() => page.getByTestId('announcer').textContent()).toContain('3 Treffer');
  await picture(page, 'search');
  await page.getByRole('searchbox').fill('nirgends');
  await page.getByText('In keinem aufbewahrten Chat steht „nirgends“.').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('grid', { name: 'Aufbewahrte Meetings, neueste zuerst' }).waitFor();
});

test('a chat is exported to the place and in the format the person chose', async () => {
  const page = await openPage({ archive: ARCHIVE });
  await page.getByText('Klasse 7b – Mathematik').click();
  await page.getByTestId('export').click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Format/ })
    .click();
  await page.getByRole('option', { name: 'JSON' }).click();
  await page.getByTestId('export-save').click();
  await page
    .getByText(/^Gespeichert: /)
    .first()
    .waitFor();
  const asked = await page.evaluate(() => window.engine.asked.find((one) => one.kind === 'export'));
  expect(asked).toMatchObject({ kind: 'export', id: 1, format: 'json' });
  expect((asked as { path: string }).path).toMatch(
    /^\/home\/person\/Dokumente\/2026-11-23 Klasse 7b – Mathematik\.json$/,
  );
  await picture(page, 'export');
});

test('changing one’s mind exports nothing', async () => {
  const page = await openPage({ archive: ARCHIVE });
  await page.evaluate(() => {
    window.engine.savePath = null;
  });
  await page.getByText('Klasse 7b – Mathematik').click();
  await page.getByTestId('export').click();
  await page.getByTestId('export-save').click();
  await page.waitForTimeout(100);
  expect(await page.evaluate(() => window.engine.asked.some((one) => one.kind === 'export'))).toBe(false);
});

test('an export that fails says why', async () => {
  const page = await openPage({ archive: ARCHIVE });
  await page.evaluate(() => window.engine.refusals.set('export', 'RZ-DISK-FULL'));
  await page.getByText('Klasse 7b – Mathematik').click();
  await page.getByTestId('export').click();
  await page.getByTestId('export-save').click();
  await page.locator('[data-testid=problem][data-code=RZ-DISK-FULL]').waitFor();
});
