// Before every unit test: German, a light theme, nothing remembered.
import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';
import { speak } from '../texts/language.ts';

beforeEach(() => {
  localStorage.clear();
  speak('de');
});
afterEach(cleanup);
