import { afterEach, expect, test, vi } from 'vitest';
import { resolveTheme, wearTheme } from './theme.ts';

let wants: string[] = [];
let changed: (() => void)[] = [];

function pretend() {
  changed = [];
  vi.spyOn(window, 'matchMedia').mockImplementation(
    (query) =>
      ({
        get matches() {
          return wants.some((want) => query.includes(want));
        },
        addEventListener: (_: string, listener: () => void) => changed.push(listener),
        removeEventListener: (_: string, listener: () => void) => {
          changed = changed.filter((one) => one !== listener);
        },
      }) as unknown as MediaQueryList,
  );
}

afterEach(() => {
  wants = [];
  vi.restoreAllMocks();
});

test('the person’s wish wins over the system', () => {
  pretend();
  wants = ['dark'];
  expect(resolveTheme('light')).toBe('light');
  expect(resolveTheme('system')).toBe('dark');
  wants = ['dark', 'prefers-contrast'];
  expect(resolveTheme('system')).toBe('contrast');
});

test('the page follows the system until it is told otherwise', () => {
  pretend();
  const stop = wearTheme('system');
  expect(document.documentElement.dataset.theme).toBe('light');
  wants = ['dark'];
  for (const listener of changed) listener();
  expect(document.documentElement.dataset.theme).toBe('dark');
  stop();
  expect(changed).toHaveLength(0);
});
