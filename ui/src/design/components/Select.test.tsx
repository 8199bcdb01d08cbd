import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Select } from './Select.tsx';

const CHOICES = [
  { id: '(system)', name: 'Standard' },
  { id: 'a', name: 'Headset' },
];

test('shows what is chosen and is named by its label', () => {
  draw(<Select label="Mikrofon" choices={CHOICES} chosen="a" onChoose={() => {}} />);
  expect(screen.getByRole('button').textContent).toContain('Headset');
  expect(screen.getByRole('button', { name: /Mikrofon/ })).toBeTruthy();
});

test('opens by keyboard, offers all choices, and tells the chosen one', async () => {
  const chosen = vi.fn();
  const { user } = draw(<Select label="Mikrofon" choices={CHOICES} chosen="a" onChoose={chosen} />);
  await user.tab();
  await user.keyboard('{Enter}');
  expect(screen.getAllByRole('option')).toHaveLength(2);
  // The way with arrow keys through the list is walked in Chromium: here nothing has a place on screen.
  await user.click(screen.getByRole('option', { name: 'Standard' }));
  expect(chosen).toHaveBeenCalledWith('(system)');
});
