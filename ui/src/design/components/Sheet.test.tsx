import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Sheet } from './Sheet.tsx';

test('is a region named by its heading', () => {
  draw(
    <Sheet labelledBy="title">
      <h1 id="title">Teilnehmen</h1>
    </Sheet>,
  );
  expect(screen.getByRole('region', { name: 'Teilnehmen' })).toBeTruthy();
});
