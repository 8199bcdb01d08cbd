import { expect, test } from 'vitest';
import de from '../../messages/de.json';
import en from '../../messages/en.json';
import { resolveLanguage, speak } from './language.ts';
import { problemReport, problemTexts } from './problems.ts';
import { m } from './texts.ts';
import { clock, day } from './times.ts';

test('the first of the system’s languages that we speak is spoken, German where it names none', () => {
  expect(resolveLanguage('system', ['de-AT', 'en'])).toBe('de');
  expect(resolveLanguage('system', ['fr-FR', 'en-GB'])).toBe('en');
  expect(resolveLanguage('system', ['fr'])).toBe('de');
  expect(resolveLanguage('en', ['de'])).toBe('en');
});

test('texts, problems and dates follow the language at once', () => {
  const problem = { code: 'RZ-LINK-INVALID', values: {}, chain: '' } as const;
  expect(m.start_join()).toBe(de.start_join);
  expect(problemTexts(problem).cause).toBe(de.problem_rz_link_invalid_cause);
  expect(day(Date.UTC(2026, 10, 24, 12))).toBe('Dienstag, 24. November 2026');
  speak('en');
  expect(document.documentElement.lang).toBe('en');
  expect(m.start_join()).toBe(en.start_join);
  expect(problemTexts(problem).cause).toBe(en.problem_rz_link_invalid_cause);
  expect(day(Date.UTC(2026, 10, 24, 12))).toMatch(/^Tuesday,? 24 November 2026$/);
});

test('a clock has two digits each', () => {
  expect(clock(new Date(2026, 10, 24, 8, 5).getTime())).toBe('08:05');
});

test('the report for IT holds code and chain, and a code newer than this window is still told', () => {
  const problem = { code: 'RZ-FROM-TOMORROW' as 'RZ-INTERNAL', values: { host: 'x' }, chain: 'refused' };
  expect(problemReport(problem)).toBe('Ranzen RZ-FROM-TOMORROW\nrefused');
  expect(problemTexts(problem).cause).toBe('RZ-FROM-TOMORROW');
});

test('what a problem’s texts don’t know leaves no trace', () => {
  speak('de');
  const problem = (values: Record<string, string>) =>
    ({ code: 'RZ-ROOM-REFUSED', values, chain: '' }) as const;
  expect(problemTexts(problem({ text: 'voll' })).cause).toContain(' (voll).');
  expect(problemTexts(problem({ text: ' ' })).cause).not.toMatch(/[(…]|undefined/);
  expect(problemTexts({ code: 'RZ-NET-DNS', values: {}, chain: '' }).cause).toContain('…');
});
