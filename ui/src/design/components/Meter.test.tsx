import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Meter, shownLevel } from './Meter.tsx';

test('tells its level to assistive technology', () => {
  draw(<Meter label="Pegel" level={0.25} />);
  expect(screen.getByLabelText('Pegel').getAttribute('aria-valuenow')).toBe('50');
});

test('quiet speech is visible and nonsense is silence', () => {
  expect(shownLevel(0.01)).toBeCloseTo(0.1);
  expect(shownLevel(0)).toBe(0);
  expect(shownLevel(7)).toBe(1);
  expect(shownLevel(-1)).toBe(0);
  expect(shownLevel(Number.NaN)).toBe(0);
});
