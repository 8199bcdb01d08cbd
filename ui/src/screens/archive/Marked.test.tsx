import { expect, test } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { Marked } from './Marked.tsx';

function marked(text: string, marks: [number, number][]): string {
  const { container, unmount } = draw(<Marked text={text} marks={marks} />);
  const words = [...container.querySelectorAll('mark')].map((one) => one.textContent).join('|');
  expect(container.textContent?.startsWith(text)).toBe(true);
  unmount();
  return words;
}

test('offsets count UTF-16 units', () => {
  expect(
    marked('🙂 Aufgabe und Hausaufgabe', [
      [3, 10],
      [19, 26],
    ]),
  ).toBe('Aufgabe|aufgabe');
});

test('offsets that make no sense mark nothing and lose nothing', () => {
  expect(
    marked('kurz', [
      [2, 99],
      [3, 1],
      [-1, 2],
    ]),
  ).toBe('');
});
