import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { IconButton } from './IconButton.tsx';

test('has a name although it shows only a pictogram', () => {
  draw(<IconButton label="Einstellungen" icon="settings" />);
  const button = screen.getByRole('button', { name: 'Einstellungen' });
  expect(button.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
});

test('shows its name as a tip when it gets the focus by keyboard', async () => {
  const { user } = draw(<IconButton label="Einstellungen" icon="settings" />);
  await user.tab();
  expect((await screen.findByRole('tooltip')).textContent).toBe('Einstellungen');
});
