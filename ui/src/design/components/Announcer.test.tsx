import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { draw } from '../../testing/draw.tsx';
import { useAnnounce } from './Announcer.tsx';

let announce: (text: string) => void = () => {};

function Speaker() {
  announce = useAnnounce();
  return null;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('speaks politely, gathers what comes at once, and clears it away', () => {
  draw(<Speaker />);
  const region = screen.getByTestId('announcer');
  expect(region.getAttribute('aria-live')).toBe('polite');
  act(() => {
    announce('Mia ist dabei.');
    announce('Jonas ist dabei.');
    vi.advanceTimersByTime(300);
  });
  expect(region.textContent).toBe('Mia ist dabei. Jonas ist dabei.');
  act(() => vi.advanceTimersByTime(10_000));
  expect(region.textContent).toBe('');
});

test('the same sentence twice is spoken twice', () => {
  draw(<Speaker />);
  for (let time = 0; time < 2; time += 1) {
    act(() => {
      announce('Neue Nachricht.');
      vi.advanceTimersByTime(300);
    });
  }
  expect(screen.getByTestId('announcer').querySelectorAll('p')).toHaveLength(2);
});
