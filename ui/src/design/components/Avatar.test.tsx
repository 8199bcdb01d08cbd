import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Avatar, initials, paper } from './Avatar.tsx';

test('initials are the first letters of first and last word, in any script', () => {
  expect(initials('Mia Lorenz')).toBe('ML');
  expect(initials('Jonas')).toBe('J');
  expect(initials('Karl Theodor von und zu Guten')).toBe('KG');
  expect(initials('øystein ångström')).toBe('ØÅ');
  expect(initials('(7b) Ömer')).toBe('7Ö');
  expect(initials('𝒜da')).toBe('𝒜');
  expect(initials('  ')).toBe('·');
  expect(initials('🙂')).toBe('·');
});

test('the paper stays the same for the same person', () => {
  expect(paper('abc')).toBe(paper('abc'));
  expect(new Set(['a', 'b', 'c', 'd', 'e', 'f'].map(paper)).size).toBeGreaterThan(3);
});

test('is decoration: the name stands beside it', () => {
  const { container } = draw(<Avatar id="a" name="Mia" />);
  expect(container.querySelector('[data-paper]')?.getAttribute('aria-hidden')).toBe('true');
});
