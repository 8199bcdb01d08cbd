import { screen, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Announcer } from './Announcer.tsx';
import { Button } from './Button.tsx';

test('is pressed by mouse, Enter and space', async () => {
  const pressed = vi.fn();
  const { user } = draw(<Button onPress={pressed}>Teilnehmen</Button>);
  await user.click(screen.getByRole('button', { name: 'Teilnehmen' }));
  await user.keyboard('{Enter}');
  await user.keyboard(' ');
  expect(pressed).toHaveBeenCalledTimes(3);
});

test('does nothing while it is disabled or under way', async () => {
  const pressed = vi.fn();
  const { user } = draw(
    <>
      <Button isDisabled onPress={pressed}>
        Aus
      </Button>
      <Button isBusy onPress={pressed}>
        Läuft
      </Button>
    </>,
  );
  for (const button of screen.getAllByRole('button')) await user.click(button);
  expect(pressed).not.toHaveBeenCalled();
});

test('what it began is said once, and keeps the focus', async () => {
  const { user, rerender } = draw(<Button>Teilnehmen</Button>);
  await user.tab();
  rerender(
    <Announcer>
      <Button isBusy>Wird verbunden …</Button>
    </Announcer>,
  );
  const button = screen.getByRole('button', { name: 'Wird verbunden …' });
  expect(button.getAttribute('aria-disabled')).toBe('true');
  expect(document.activeElement).toBe(button);
  await waitFor(() => expect(screen.getByTestId('announcer').textContent).toBe('Wird verbunden …'));
});
