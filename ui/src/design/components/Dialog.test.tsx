import { screen } from '@testing-library/react';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';

function Opened() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onPress={() => setOpen(true)}>Öffnen</Button>
      <Dialog title="Einstellungen" isOpen={open} onClose={() => setOpen(false)}>
        <input aria-label="Innen" />
      </Dialog>
    </>
  );
}

test('is named by its title, holds the focus, and gives it back', async () => {
  const { user } = draw(<Opened />);
  await user.click(screen.getByRole('button', { name: 'Öffnen' }));
  const dialog = screen.getByRole('dialog', { name: 'Einstellungen' });
  expect(dialog.contains(document.activeElement)).toBe(true);
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Öffnen' }));
});

test('is closed by its cross', async () => {
  const { user } = draw(<Opened />);
  await user.click(screen.getByRole('button', { name: 'Öffnen' }));
  await user.click(screen.getByRole('button', { name: 'Schließen' }));
  expect(screen.queryByRole('dialog')).toBeNull();
});
