// Speaks to screen readers without moving anything: one polite live region for the whole window.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';

type Announce = (text: string) => void;

const AnnouncerContext = createContext<Announce>(() => {});

/** Announcements that come within this time are read as one. */
const GATHER_MS = 250;
/** A line is taken away again, so that nobody finds old news when walking through the page. */
const KEEP_MS = 8_000;
const LINES_MAX = 5;

export function Announcer({ children }: { children: ReactNode }) {
  const [lines, setLines] = useState<{ key: number; text: string }[]>([]);
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const next = useRef(0);

  const announce = useCallback((text: string) => {
    waiting.current.push(text);
    if (timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      next.current += 1;
      const line = { key: next.current, text: waiting.current.join(' ') };
      waiting.current = [];
      setLines((known) => [...known, line].slice(-LINES_MAX));
      setTimeout(() => setLines((known) => known.filter((one) => one.key !== line.key)), KEEP_MS);
    }, GATHER_MS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <AnnouncerContext value={announce}>
      {children}
      <div
        className="visually-hidden"
        role="status"
        aria-live="polite"
        aria-atomic="false"
        data-testid="announcer"
      >
        {lines.map((line) => (
          <p key={line.key}>{line.text}</p>
        ))}
      </div>
    </AnnouncerContext>
  );
}

/** Says a sentence politely. */
export function useAnnounce(): Announce {
  return useContext(AnnouncerContext);
}
