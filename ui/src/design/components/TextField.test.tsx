import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { TextField } from './TextField.tsx';

function describedBy(input: HTMLElement): string {
  const ids = input.getAttribute('aria-describedby')?.split(' ') ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
}

test('is found by its label and described by its hint', () => {
  draw(<TextField label="Link" hint="Aus der Einladung" />);
  expect(describedBy(screen.getByLabelText('Link'))).toContain('Aus der Einladung');
});

test('an error replaces the hint and marks the field as wrong', () => {
  draw(<TextField label="Link" hint="Aus der Einladung" error="Das ist kein Link." />);
  const input = screen.getByLabelText('Link');
  expect(input.getAttribute('aria-invalid')).toBe('true');
  expect(describedBy(input)).toContain('Das ist kein Link.');
  expect(screen.queryByText('Aus der Einladung')).toBeNull();
});

test('a good verdict is part of the description too', () => {
  draw(<TextField label="Link" hint="Aus der Einladung" good="Führt zu 7b" />);
  expect(describedBy(screen.getByLabelText('Link'))).toContain('Führt zu 7b');
});
