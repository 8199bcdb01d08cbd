// Asks the engine about a link while it is being typed.
import { useEffect, useState } from 'react';
import type { Problem } from '../../backend/types/Problem.ts';
import { useEngine } from '../../state/engine.tsx';

export type LinkCheck =
  | { kind: 'empty' }
  | { kind: 'checking' }
  | { kind: 'good'; place: string; name: string | null }
  | { kind: 'bad'; problem: Problem };

/** Typing rests this long before a check. */
const REST_MS = 200;

export function useLinkCheck(text: string): LinkCheck {
  const engine = useEngine();
  const [check, setCheck] = useState<{ of: string; result: LinkCheck } | null>(null);
  const wanted = text.trim();
  useEffect(() => {
    if (wanted === '') return;
    let stale = false;
    const timer = setTimeout(async () => {
      const answer = await engine.ask({ kind: 'checkLink', text: wanted }, 'link');
      if (stale || answer === null) return;
      const result: LinkCheck =
        answer.kind === 'link'
          ? { kind: 'good', place: answer.place, name: answer.name }
          : { kind: 'bad', problem: answer.problem };
      setCheck({ of: wanted, result });
    }, REST_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [engine, wanted]);
  if (wanted === '') return { kind: 'empty' };
  return check?.of === wanted ? check.result : { kind: 'checking' };
}
