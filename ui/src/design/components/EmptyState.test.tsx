import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { EmptyState } from './EmptyState.tsx';

test('says what will be here', () => {
  draw(<EmptyState icon="page" title="Noch nichts" text="Hier liegt bald ein Chat." />);
  expect(screen.getByText('Noch nichts')).toBeTruthy();
  expect(screen.getByText('Hier liegt bald ein Chat.')).toBeTruthy();
});
