// The call's key combinations. They carry modifiers, so that they never get in the way of writing or of a
// screen reader's single keys.
import { useEffect, useRef } from 'react';
import { currentLanguage } from '../../texts/language.ts';

const onMac = () => navigator.platform.startsWith('Mac');

/** Ctrl (⌘ on a Mac) + Shift + the letter, as shown and as assistive technology takes it. */
export function keysFor(letter: string): { shown: string; aria: string } {
  if (onMac()) return { shown: `⇧⌘${letter}`, aria: `Meta+Shift+${letter}` };
  const shown = currentLanguage() === 'de' ? `Strg+Umschalt+${letter}` : `Ctrl+Shift+${letter}`;
  return { shown, aria: `Control+Shift+${letter}` };
}

/** Runs an action on Ctrl (⌘) + Shift + the letter, wherever the focus is. */
export function useShortcut(letter: string, action: () => void): void {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const modifier = onMac() ? event.metaKey : event.ctrlKey;
      if (!modifier || !event.shiftKey || event.altKey || event.repeat) return;
      if (event.key.toUpperCase() !== letter) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [letter]);
}
