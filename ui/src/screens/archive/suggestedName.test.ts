import { expect, test } from 'vitest';
import { record } from '../../testing/people.ts';
import { suggestedName } from './suggestedName.ts';

const at = (title: string) => record(1, title, { startedAt: new Date(2026, 10, 4, 8).getTime() });

test('a file name has date, title and ending', () => {
  expect(suggestedName(at('Klasse 7b – Mathe'), 'markdown')).toBe('2026-11-04 Klasse 7b – Mathe.md');
  expect(suggestedName(at('Klasse'), 'text')).toBe('2026-11-04 Klasse.txt');
  expect(suggestedName(at('Klasse'), 'json')).toBe('2026-11-04 Klasse.json');
});

test('what a file system refuses is left out', () => {
  expect(suggestedName(at('../..\\a:b*?"<>|\u0000c. '), 'json')).toBe('2026-11-04 .. .. a b c.json');
  expect(suggestedName(at('///'), 'json')).toBe('2026-11-04.json');
  expect(suggestedName(at('x'.repeat(500)), 'text').length).toBeLessThan(120);
});
