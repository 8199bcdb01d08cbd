import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Badge } from './Badge.tsx';

test('says its state as a word, not by colour alone', () => {
  draw(
    <Badge tone="bad" icon="micOff">
      stumm
    </Badge>,
  );
  expect(screen.getByText('stumm').getAttribute('data-tone')).toBe('bad');
});
