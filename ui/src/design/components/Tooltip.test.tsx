import { screen } from '@testing-library/react';
import { Button, TooltipTrigger } from 'react-aria-components';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Tooltip } from './Tooltip.tsx';

test('describes its control while shown, and Escape hides it', async () => {
  const { user } = draw(
    <TooltipTrigger>
      <Button>Stumm</Button>
      <Tooltip>Strg+Umschalt+M</Tooltip>
    </TooltipTrigger>,
  );
  await user.tab();
  const tip = await screen.findByRole('tooltip');
  expect(screen.getByRole('button').getAttribute('aria-describedby')).toBe(tip.id);
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('tooltip')).toBeNull();
});
