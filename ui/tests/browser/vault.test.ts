import { expect, test } from 'vitest';
import { ARCHIVE, openPage, picture, withChromium } from './window.ts';

withChromium();

test('the first start shows the recovery code until it is kept', async () => {
  const page = await openPage({ start: { vault: 'missing' } });
  await picture(page, 'vault-create');
  await page.getByTestId('create-vault').click();
  const code = page.getByTestId('recovery-code');
  await code.waitFor();
  await picture(page, 'vault-code');
  const next = page.getByTestId('code-continue');
  expect(await next.isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Kopieren' }).click();
  await page.getByRole('button', { name: 'Kopiert.' }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await code.textContent());
  await page.getByText('Ich habe den Code aufbewahrt').click();
  await next.click();
  await page.getByTestId('join').waitFor();
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('WALD');
});

test('on paper stands the code and nothing else', async () => {
  const page = await openPage({ start: { vault: 'missing' } });
  await page.getByTestId('create-vault').click();
  await page.getByTestId('recovery-code').waitFor();
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByTestId('recovery-code').isVisible()).toBe(true);
  expect(await page.getByRole('button', { name: 'Drucken' }).isVisible()).toBe(false);
  expect(await page.getByText('Meetings, die bei Ihnen bleiben').isVisible()).toBe(false);
});

test('a passphrase must be long enough and written twice alike', async () => {
  const page = await openPage({ start: { vault: 'missing' } });
  await page.getByText('Zusätzlich eine Passphrase festlegen').click();
  await page.getByLabel('Passphrase', { exact: true }).fill('kurz');
  await page.getByTestId('create-vault').click();
  await page.getByText('mindestens 10 Zeichen.').waitFor();
  await page.getByLabel('Passphrase', { exact: true }).fill('vier stille Wörter');
  await page.getByLabel('Passphrase wiederholen').fill('vier stille Worte');
  await page.getByText('Die beiden Eingaben unterscheiden sich.').waitFor();
  await page.getByLabel('Passphrase wiederholen').fill('vier stille Wörter');
  await page.getByTestId('create-vault').click();
  await page.getByTestId('recovery-code').waitFor();
  const asked = await page.evaluate(() => window.engine.asked.find((one) => one.kind === 'createVault'));
  expect(asked).toEqual({ kind: 'createVault', passphrase: 'vier stille Wörter' });
});

test('without a keychain a passphrase is offered', async () => {
  const page = await openPage({ start: { vault: 'missing' } });
  await page.evaluate(() => window.engine.refusals.set('createVault', 'RZ-KEYCHAIN'));
  await page.getByTestId('create-vault').click();
  await page.locator('[data-testid=problem][data-code=RZ-KEYCHAIN]').waitFor();
  await page.getByLabel('Passphrase', { exact: true }).waitFor();
  expect(await page.locator('[aria-invalid=true]').count()).toBe(0);
});

test('a locked vault opens with the right secret only', async () => {
  const page = await openPage({ start: { vault: 'locked' }, archive: ARCHIVE });
  await picture(page, 'vault-locked');
  const secret = page.getByLabel('Passphrase oder Wiederherstellungscode');
  expect(await secret.evaluate((it) => it === document.activeElement)).toBe(true);
  await secret.fill('falsch');
  await page.keyboard.press('Enter');
  await page.locator('[data-testid=secret][aria-invalid=true]').waitFor();
  await secret.fill('WALD-7K2M-PQ4D-9TXE-HN3V-B6RC-YF8J-L5SA');
  await page.keyboard.press('Enter');
  await page.getByText('Klasse 7b – Mathematik').waitFor();
});

test('a broken vault says so and offers nothing that could hurt it', async () => {
  const page = await openPage({
    start: {
      vault: 'broken',
      vaultProblem: { code: 'RZ-VAULT-CORRUPT', values: { path: '/x' }, chain: 'page 7' },
    },
  });
  await page.locator('[data-testid=problem][data-code=RZ-VAULT-CORRUPT]').waitFor();
  expect(await page.getByRole('textbox').count()).toBe(0);
});
