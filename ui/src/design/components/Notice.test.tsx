import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import type { Problem } from '../../backend/types/Problem.ts';
import { draw } from '../../testing/draw.tsx';
import { Notice } from './Notice.tsx';

const PROBLEM: Problem = {
  code: 'RZ-LINK-INVALID',
  values: {},
  chain: 'no meeting link found',
};

test('tells the cause, what to do, and the code', () => {
  draw(<Notice problem={PROBLEM} />);
  const notice = screen.getByRole('alert');
  expect(notice.textContent).toContain('Das ist kein Link zu einem Meeting.');
  expect(notice.textContent).toContain('Kopieren Sie den Link');
  expect(notice.textContent).toContain('RZ-LINK-INVALID');
});

test('hands code and technical chain to IT', async () => {
  const { user } = draw(<Notice problem={PROBLEM} />);
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  await user.click(screen.getByRole('button', { name: 'Für die IT kopieren' }));
  expect(write).toHaveBeenCalledWith('Ranzen RZ-LINK-INVALID\nno meeting link found');
  expect(screen.getByRole('button', { name: 'Kopiert.' })).toBeTruthy();
});

test('can be put away only where that makes sense', async () => {
  const dismissed = vi.fn();
  const { user, rerender } = draw(<Notice problem={PROBLEM} onDismiss={dismissed} />);
  await user.click(screen.getByRole('button', { name: 'Hinweis schließen' }));
  expect(dismissed).toHaveBeenCalledOnce();
  rerender(<Notice problem={PROBLEM} />);
  expect(screen.queryByRole('button', { name: 'Hinweis schließen' })).toBeNull();
});
