// What the window remembers of its person: name, devices, language, look. Never a link, never chat.
import { useSyncExternalStore } from 'react';
import type { ThemeWish } from '../design/theme.ts';
import type { LanguageWish } from '../texts/language.ts';

export interface Preferences {
  name: string;
  startMuted: boolean;
  input: string | null;
  output: string | null;
  language: LanguageWish;
  theme: ThemeWish;
}

const KEY = 'preferences';
const FRESH: Preferences = {
  name: '',
  startMuted: false,
  input: null,
  output: null,
  language: 'system',
  theme: 'system',
};

function oneOf<T extends string>(value: unknown, known: readonly T[], fallback: T): T {
  return known.find((one) => one === value) ?? fallback;
}

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);

/** Reads what was kept; anything odd in it is as if it were not there. */
export function parsePreferences(kept: string | null): Preferences {
  let raw: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(kept ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) raw = parsed as Record<string, unknown>;
  } catch {
    return FRESH;
  }
  return {
    name: typeof raw.name === 'string' ? raw.name : FRESH.name,
    startMuted: raw.startMuted === true,
    input: textOrNull(raw.input),
    output: textOrNull(raw.output),
    language: oneOf(raw.language, ['system', 'de', 'en'], FRESH.language),
    theme: oneOf(raw.theme, ['system', 'light', 'dark', 'contrast'], FRESH.theme),
  };
}

let current = parsePreferences(localStorage.getItem(KEY));
const listeners = new Set<() => void>();

/** Changes some and keeps all. */
export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  localStorage.setItem(KEY, JSON.stringify(current));
  for (const listener of listeners) listener();
}

export function preferences(): Preferences {
  return current;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, preferences);
}
