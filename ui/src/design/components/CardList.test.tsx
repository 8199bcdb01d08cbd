import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { CardList } from './CardList.tsx';

test('is walked through with arrow keys and opened with Enter', async () => {
  const opened = vi.fn();
  const { user } = draw(
    <CardList
      label="Meetings"
      items={['eins', 'zwei']}
      idOf={(one) => one}
      textOf={(one) => one}
      onOpen={opened}
    >
      {(one) => one}
    </CardList>,
  );
  expect(screen.getByRole('grid', { name: 'Meetings' })).toBeTruthy();
  await user.tab();
  await user.keyboard('{ArrowDown}{Enter}');
  expect(opened).toHaveBeenCalledWith('zwei');
});
