// A problem's sentences in the person's language, and its report for IT.
import type { Problem } from '../backend/types/Problem.ts';
import { m } from './texts.ts';

const UNKNOWN = '…';

type Text = (values: Record<string, string>) => string;

function text(problem: Problem, part: 'cause' | 'action'): string {
  const key = `problem_${problem.code.toLowerCase().replaceAll('-', '_')}_${part}`;
  const found = (m as unknown as Record<string, Text | undefined>)[key];
  // The build checks that every code has its texts; an engine newer than this window may still know more.
  if (!found) return problem.code;
  // As in the command line's texts: an unknown value goes with the parenthesis around it, elsewhere an ellipsis stands in.
  const known = (name: string | symbol) => problem.values[String(name)]?.trim() || UNKNOWN;
  const values = new Proxy({}, { get: (_, name) => known(name) }) as Record<string, string>;
  return found(values).replaceAll(` (${UNKNOWN})`, '');
}

/** One sentence of cause and one of what to do. */
export function problemTexts(problem: Problem): { cause: string; action: string } {
  return { cause: text(problem, 'cause'), action: text(problem, 'action') };
}

/** What a person hands to IT: the code and the technical chain. Holds no name and no chat text. */
export function problemReport(problem: Problem): string {
  return `Ranzen ${problem.code}\n${problem.chain}`;
}
