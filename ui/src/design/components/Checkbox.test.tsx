import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Checkbox } from './Checkbox.tsx';

test('is ticked by its words and by space', async () => {
  const { user } = draw(<Checkbox>Aufbewahrt</Checkbox>);
  const box = screen.getByRole('checkbox', { name: 'Aufbewahrt' }) as HTMLInputElement;
  await user.click(screen.getByText('Aufbewahrt'));
  expect(box.checked).toBe(true);
  await user.keyboard(' ');
  expect(box.checked).toBe(false);
});
