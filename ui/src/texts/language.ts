// Which language the window speaks: the person's wish, or the system's first language we know.
import { useSyncExternalStore } from 'react';
import { overwriteGetLocale } from './generated/runtime.js';

export type Language = 'de' | 'en';
export type LanguageWish = Language | 'system';

let language: Language = 'de';
const listeners = new Set<() => void>();
overwriteGetLocale(() => language);

/** The shell knows the system's language and tells it in the page's address; a browser knows it itself. */
function systemLanguages(): readonly string[] {
  const told = new URLSearchParams(location.search).get('language');
  return told === null ? navigator.languages : [told];
}

/** The first of the system's languages that we speak; German where it names none. */
export function resolveLanguage(wish: LanguageWish, system: readonly string[] = systemLanguages()): Language {
  if (wish !== 'system') return wish;
  for (const tag of system) {
    const short = tag.toLowerCase().split('-')[0];
    if (short === 'de' || short === 'en') return short;
  }
  return 'de';
}

/** Speaks a language from now on, everywhere. */
export function speak(wish: LanguageWish): void {
  language = resolveLanguage(wish);
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

/** The language spoken; components that use it are drawn anew when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => language,
  );
}

/** The language spoken now, outside components. */
export function currentLanguage(): Language {
  return language;
}
