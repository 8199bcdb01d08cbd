import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { BarButton } from './BarButton.tsx';

test('its visible word is its name, and its keys are told', () => {
  draw(<BarButton label="Stumm schalten" icon="mic" keys={{ shown: 'Strg+M', aria: 'Control+M' }} />);
  const button = screen.getByRole('button', { name: 'Stumm schalten' });
  expect(button.textContent).toBe('Stumm schalten');
  expect(button.getAttribute('aria-keyshortcuts')).toBe('Control+M');
});
