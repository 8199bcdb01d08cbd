import { screen } from '@testing-library/react';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { SearchField } from './SearchField.tsx';

function Search() {
  const [query, setQuery] = useState('');
  return <SearchField label="Suchen" value={query} onChange={setQuery} />;
}

test('is emptied by Escape and by its cross', async () => {
  const { user } = draw(<Search />);
  const input = screen.getByRole('searchbox', { name: 'Suchen' }) as HTMLInputElement;
  await user.type(input, 'Aufgabe');
  await user.keyboard('{Escape}');
  expect(input.value).toBe('');
  await user.type(input, 'Aufgabe');
  await user.click(screen.getByRole('button', { name: 'Suche leeren' }));
  expect(input.value).toBe('');
});
