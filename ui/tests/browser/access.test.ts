// Every screen, in every theme and both languages: axe finds nothing, nothing is cut off when it is narrow or
// enlarged.
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Theme } from '../../src/design/theme.ts';
import { ARCHIVE, openCall, openPage, picture, type Wish, withChromium } from './window.ts';

withChromium();

const EN = /Past meetings/;

/** How to get to each screen. */
const SCREENS: Record<string, (wish: Wish) => Promise<Page>> = {
  start: (wish) => openPage({ ...wish, archive: ARCHIVE }),
  'start-empty': (wish) => openPage(wish),
  'start-faults': async (wish) => {
    const page = await openPage({
      ...wish,
      start: { audioProblem: { code: 'RZ-MIC-BUSY', values: {}, chain: '' } },
    });
    await page.getByTestId('link').fill('nichts');
    await page.getByTestId('join').click();
    await page.locator('[data-testid=link][aria-invalid=true]').waitFor();
    return page;
  },
  settings: async (wish) => {
    const page = await openPage({ ...wish, archive: ARCHIVE });
    await page.getByRole('button', { name: /Einstellungen|Settings/ }).click();
    await page.getByRole('dialog').waitFor();
    return page;
  },
  search: async (wish) => {
    const page = await openPage({ ...wish, archive: ARCHIVE });
    await page.getByRole('searchbox').fill('aufgabe');
    await page.locator('mark').first().waitFor();
    return page;
  },
  record: async (wish) => {
    const page = await openPage({ ...wish, archive: ARCHIVE });
    await page.getByText('Klasse 7b – Mathematik').click();
    await page.getByTestId('message').first().waitFor();
    return page;
  },
  export: async (wish) => {
    const page = await openPage({ ...wish, archive: ARCHIVE });
    await page.getByText('Klasse 7b – Mathematik').click();
    await page.getByTestId('export').click();
    await page.getByRole('dialog').waitFor();
    return page;
  },
  'vault-create': async (wish) => {
    const page = await openPage({ ...wish, start: { vault: 'missing' } });
    await page.getByRole('switch').focus();
    await page.keyboard.press('Space');
    return page;
  },
  'vault-code': async (wish) => {
    const page = await openPage({ ...wish, start: { vault: 'missing' } });
    await page.getByTestId('create-vault').click();
    await page.getByTestId('recovery-code').waitFor();
    return page;
  },
  'vault-locked': (wish) => openPage({ ...wish, start: { vault: 'locked' } }),
  'vault-broken': (wish) =>
    openPage({
      ...wish,
      start: {
        vault: 'broken',
        vaultProblem: { code: 'RZ-VAULT-CORRUPT', values: { path: '/x' }, chain: '' },
      },
    }),
  call: (wish) => openCall(wish),
  'call-trouble': async (wish) => {
    const page = await openCall(wish);
    await page.evaluate(() => {
      window.engine.setMeeting({
        connection: 'reconnecting',
        trouble: { code: 'RZ-NET-LOST', values: {}, chain: '' },
      });
      window.engine.set({ muted: true });
    });
    await page.getByTestId('problem').waitFor();
    return page;
  },
  'call-devices': async (wish) => {
    const page = await openCall(wish);
    await page.getByTestId('devices').click();
    await page.getByRole('dialog').waitFor();
    return page;
  },
  'call-entrance': async (wish) => {
    const page = await openCall(wish);
    await page.evaluate(() => window.engine.setMeeting({ connection: 'lobby' }));
    return page;
  },
  ended: async (wish) => {
    const page = await openCall({ ...wish, archive: ARCHIVE });
    await page.evaluate(() =>
      window.engine.end({ kind: 'kicked', by: 'Herr Kurz', reason: 'Falscher Raum' }),
    );
    await page.getByTestId('ended').waitFor();
    return page;
  },
};

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`));
}

/** What sticks out to the side, or is cut off with no way to reach it. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const faults: string[] = [];
    if (document.documentElement.scrollWidth > width + 1)
      faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
    for (const one of document.querySelectorAll('button, input, textarea, a, h1, h2, p, label')) {
      const box = one.getBoundingClientRect();
      if (box.width <= 1 || box.height <= 1) continue;
      if (box.right > width + 1 || box.left < -1)
        faults.push(`${one.tagName} ${one.textContent?.slice(0, 40)}`);
    }
    return faults;
  });
}

/** Controls that can't be brought in sight because something else lies over them. */
function covered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const inside = document.querySelector('[role=dialog]') ?? document;
    return [...inside.querySelectorAll('button, input, textarea')].flatMap((one) => {
      one.scrollIntoView({ block: 'center' });
      const box = one.getBoundingClientRect();
      if (box.width <= 1 || box.height <= 1) return [];
      const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return at && (one.contains(at) || at.contains(one) || at.closest('label')?.contains(one))
        ? []
        : [one.outerHTML.slice(0, 120)];
    });
  });
}

const THEMES: Theme[] = ['light', 'dark', 'contrast'];

for (const [name, reach] of Object.entries(SCREENS)) {
  test(`${name}: axe finds nothing in three themes and two languages`, async () => {
    const found: string[] = [];
    const german = await reach({ preferences: { language: 'de' } });
    for (const theme of THEMES) {
      await german.evaluate((theme) => {
        document.documentElement.dataset.theme = theme;
      }, theme);
      await german.waitForTimeout(250);
      found.push(...(await violations(german)).map((one) => `${theme} ${one}`));
      await picture(german, `${name}-${theme}`);
    }
    const english = await reach({ preferences: { language: 'en', theme: 'light' } });
    expect(await english.evaluate(() => document.documentElement.lang)).toBe('en');
    found.push(...(await violations(english)).map((one) => `English ${one}`));
    await picture(english, `${name}-english`);
    expect(found).toEqual([]);
  });

  test(`${name}: fits 360 pixels and 200 % enlargement`, async () => {
    const narrow = await reach({ browser: { viewport: { width: 360, height: 640 } } });
    await narrow.waitForTimeout(250);
    expect(await cutOff(narrow)).toEqual([]);
    expect(await violations(narrow)).toEqual([]);
    await picture(narrow, `${name}-narrow`);
    const enlarged = await reach({
      browser: { viewport: { width: 590, height: 400 }, deviceScaleFactor: 2 },
    });
    await enlarged.waitForTimeout(250);
    expect(await cutOff(enlarged)).toEqual([]);
    await picture(enlarged, `${name}-enlarged`);
    expect(await covered(enlarged)).toEqual([]);
  });
}

test('narrow windows turn between people and chat, and count what is unread', async () => {
  const page = await openCall({ browser: { viewport: { width: 360, height: 640 } } });
  await page.getByRole('tab', { name: 'Chat' }).click();
  await page.getByTestId('chat-log').waitFor();
  await page.getByRole('tab', { name: 'Teilnehmende (6)' }).click();
  await page.evaluate(() => window.engine.hear(window.people.message('n', window.people.MIA, 'Hallo')));
  await page.getByRole('tab', { name: 'Chat (1 neu)' }).waitFor();
  expect(await page.getByRole('tab', { name: 'Teilnehmende (6)' }).getAttribute('aria-selected')).toBe(
    'true',
  );
  await page.getByRole('tab', { name: 'Chat (1 neu)' }).click();
  await page.getByRole('tab', { name: 'Chat', exact: true }).waitFor();
});

test('forced colours of the system keep every state visible', async () => {
  const page = await openCall({ browser: { forcedColors: 'active' } });
  await page.evaluate(() => window.engine.set({ muted: true }));
  expect(await violations(page)).toEqual([]);
  await picture(page, 'call-forced-colours');
  const start = await openPage({ archive: ARCHIVE, browser: { forcedColors: 'active' } });
  expect(await violations(start)).toEqual([]);
  await picture(start, 'start-forced-colours');
});

test('who wants little motion gets none', async () => {
  const page = await openCall({ browser: { reducedMotion: 'reduce' } });
  const moving = await page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});

test('the language the shell tells wins over the browser’s', async () => {
  const page = await openPage({ path: '/tests/browser/page.html?language=en' });
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
});

test('the language changes at once, without losing what was typed', async () => {
  const page = await openPage({ archive: ARCHIVE });
  await page.getByLabel('Ihr Name').fill('Frau Aydın');
  await page.getByRole('button', { name: 'Einstellungen' }).click();
  await page.getByRole('button', { name: /Sprache/ }).click();
  await page.getByRole('option', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByText(EN).waitFor();
  expect(await page.getByLabel('Your name').inputValue()).toBe('Frau Aydın');
});

test('the gallery shows every component without a fault in all themes', async () => {
  for (const theme of THEMES) {
    const page = await openPage({ path: `/design.html?theme=${theme}` });
    expect(await violations(page)).toEqual([]);
    await picture(page, `gallery-${theme}`);
    await page.context().close();
  }
});
