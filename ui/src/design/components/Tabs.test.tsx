import { screen } from '@testing-library/react';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Tabs } from './Tabs.tsx';

function Two() {
  const [chosen, setChosen] = useState('a');
  return (
    <Tabs
      label="Ansichten"
      chosen={chosen}
      onChoose={setChosen}
      sheets={[
        { id: 'a', title: 'Teilnehmende', content: 'Karten' },
        { id: 'b', title: 'Chat', content: 'Nachrichten' },
      ]}
    />
  );
}

test('arrow keys turn to the next sheet, and only that is shown', async () => {
  const { user } = draw(<Two />);
  expect(screen.getByRole('tabpanel').textContent).toBe('Karten');
  await user.tab();
  await user.keyboard('{ArrowRight}');
  expect(screen.getByRole('tab', { name: 'Chat' }).getAttribute('aria-selected')).toBe('true');
  expect(screen.getByRole('tabpanel').textContent).toBe('Nachrichten');
});
