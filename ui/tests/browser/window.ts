// Opens the window's page in Chromium as a test wants it, and watches that it never complains.
import { mkdirSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Snapshot } from '../../src/backend/types/Snapshot.ts';
import type { Preferences } from '../../src/state/preferences.ts';
import type { Kept } from '../../src/testing/MemoryBackend.ts';
import { CHAT, RECORDS } from '../../src/testing/people.ts';
import { openBrowser, type Site, serve } from './site.ts';

const SHOTS = new URL('../../../test-output/window/', import.meta.url).pathname;
mkdirSync(SHOTS, { recursive: true });

export const LINK = 'https://meet.schule.example.org/klasse-7b';
export const ARCHIVE: Kept[] = RECORDS.map((meeting, at) => ({ meeting, chat: at === 0 ? CHAT : [] }));

let browser: Browser;
let site: Site;
let open: BrowserContext[] = [];
let complaints: string[] = [];

/** To be called once at the top of each test file. */
export function withChromium(): void {
  beforeAll(async () => {
    [browser, site] = await Promise.all([openBrowser(), serve()]);
  });
  afterEach(async () => {
    await Promise.all(open.map((context) => context.close()));
    open = [];
    const said = complaints;
    complaints = [];
    expect(said, 'the page complained').toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });
}

export interface Wish {
  /** What the engine's first snapshot says differently. */
  start?: Partial<Snapshot>;
  archive?: Kept[];
  preferences?: Partial<Preferences>;
  browser?: BrowserContextOptions;
  path?: string;
}

export async function openPage(wish: Wish = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1180, height: 800 },
    locale: 'de-DE',
    timezoneId: 'Europe/Berlin',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...wish.browser,
  });
  open.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Chromium asks for an icon by itself; everything else is ours.
    if (message.type() === 'error' && !message.location().url.endsWith('favicon.ico'))
      complaints.push(message.text());
  });
  await page.addInitScript(
    ([start, archive, preferences]) => {
      window.start = start;
      window.archive = archive;
      if (preferences) localStorage.setItem('preferences', JSON.stringify(preferences));
    },
    [wish.start, wish.archive, wish.preferences] as const,
  );
  await page.goto(site.address + (wish.path ?? '/tests/browser/page.html'));
  await page.waitForSelector('h1');
  await page.evaluate(() => document.fonts.ready.then(() => {}));
  return page;
}

/** Joins as a person does. */
export async function join(page: Page): Promise<void> {
  await page.getByLabel(/Link zum Meeting|Meeting link/).fill(LINK);
  await page.getByLabel(/Ihr Name|Your name/).fill('Frau Aydın');
  await page.getByTestId('join').click();
  await page.getByTestId('connection').waitFor();
}

/** A page inside a running meeting. */
export async function openCall(wish: Wish = {}, chat = true): Promise<Page> {
  const page = await openPage(wish);
  await join(page);
  await page.evaluate((full) => window.engine.enter(full ? { chat: window.people.CHAT } : {}), chat);
  await page.locator('[data-testid=connection][data-connection=joined]').waitFor();
  return page;
}

/** A picture for people, in `test-output/window/`. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${SHOTS}${name}.png` });
}

/** Where the focus is: test id, else role and name. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return 'nowhere';
    const id = at.closest('[data-testid]')?.getAttribute('data-testid');
    return id ?? at.getAttribute('aria-label') ?? at.textContent ?? at.tagName;
  });
}
