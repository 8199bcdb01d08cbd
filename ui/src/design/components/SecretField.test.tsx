import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { SecretField } from './SecretField.tsx';

test('covers what is typed until the person wants to see it', async () => {
  const { user } = draw(<SecretField label="Passphrase" />);
  const input = screen.getByLabelText('Passphrase') as HTMLInputElement;
  await user.type(input, 'vier stille Wörter');
  expect(input.type).toBe('password');
  await user.click(screen.getByRole('button', { name: 'Anzeigen' }));
  expect(input.type).toBe('text');
  expect(input.value).toBe('vier stille Wörter');
  await user.click(screen.getByRole('button', { name: 'Verbergen' }));
  expect(input.type).toBe('password');
});

test('is never remembered by the webview', () => {
  draw(<SecretField label="Passphrase" />);
  expect(screen.getByLabelText('Passphrase').getAttribute('autocomplete')).toBe('off');
});
