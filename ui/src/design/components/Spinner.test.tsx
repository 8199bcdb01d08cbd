import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Spinner } from './Spinner.tsx';

test('is silent: the words beside it speak', () => {
  const { container } = draw(<Spinner />);
  expect(container.querySelector('span')?.getAttribute('aria-hidden')).toBe('true');
});
