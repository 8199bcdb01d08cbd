import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { ToggleButton } from './ToggleButton.tsx';

test('stays pressed until it is pressed again', async () => {
  const { user } = draw(<ToggleButton>Prüfen</ToggleButton>);
  const button = screen.getByRole('button', { name: 'Prüfen' });
  expect(button.getAttribute('aria-pressed')).toBe('false');
  await user.click(button);
  expect(button.getAttribute('aria-pressed')).toBe('true');
  await user.keyboard(' ');
  expect(button.getAttribute('aria-pressed')).toBe('false');
});
