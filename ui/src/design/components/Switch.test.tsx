import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Switch } from './Switch.tsx';

test('is switched by mouse and by space', async () => {
  const changed = vi.fn();
  const { user } = draw(<Switch onChange={changed}>Stumm beginnen</Switch>);
  await user.click(screen.getByRole('switch', { name: 'Stumm beginnen' }));
  await user.keyboard(' ');
  expect(changed.mock.calls.map(([on]) => on)).toEqual([true, false]);
});
