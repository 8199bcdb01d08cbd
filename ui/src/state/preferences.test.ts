import { expect, test } from 'vitest';
import { parsePreferences, prefer, preferences } from './preferences.ts';

test('anything odd in what was kept is as if it were not there', () => {
  const fresh = parsePreferences(null);
  expect(parsePreferences('no JSON')).toEqual(fresh);
  expect(parsePreferences('[]')).toEqual(fresh);
  expect(parsePreferences('{"name":7,"theme":"pink","language":"fr","input":{}}')).toEqual(fresh);
  expect(parsePreferences('{"name":"Mia","theme":"dark"}')).toEqual({ ...fresh, name: 'Mia', theme: 'dark' });
});

test('a change is kept for the next start', () => {
  prefer({ name: 'Mia', startMuted: true });
  expect(preferences().name).toBe('Mia');
  expect(parsePreferences(localStorage.getItem('preferences'))).toMatchObject({
    name: 'Mia',
    startMuted: true,
  });
});
