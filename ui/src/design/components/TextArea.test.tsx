import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { TextArea } from './TextArea.tsx';

test('grows with its lines up to a limit', () => {
  const { rerender } = draw(<TextArea label="Nachricht" value="eins" />);
  expect(screen.getByLabelText('Nachricht').getAttribute('rows')).toBe('1');
  rerender(<TextArea label="Nachricht" value={'eins\nzwei\ndrei'} />);
  expect(screen.getByLabelText('Nachricht').getAttribute('rows')).toBe('3');
  rerender(<TextArea label="Nachricht" value={'\n'.repeat(40)} />);
  expect(screen.getByLabelText('Nachricht').getAttribute('rows')).toBe('6');
});

test('keeps its name when the label is hidden', () => {
  draw(<TextArea label="Nachricht" labelHidden value="" />);
  expect(screen.getByLabelText('Nachricht').tagName).toBe('TEXTAREA');
});
