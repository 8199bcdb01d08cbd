import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { Backend } from '../backend/Backend.ts';
import { drawWith } from '../testing/draw.tsx';
import { MemoryBackend } from '../testing/MemoryBackend.ts';
import { EngineStore, useEngineLost, useSnapshot } from './engine.tsx';

function Vault() {
  const lost = useEngineLost();
  const snapshot = useSnapshot();
  return <p>{lost ? 'gone' : (snapshot?.vault ?? 'unknown')}</p>;
}

test('shows the first snapshot and every update after it', async () => {
  const backend = new MemoryBackend({ vault: 'locked' });
  drawWith(backend, <Vault />);
  expect(await screen.findByText('locked')).toBeTruthy();
  act(() => backend.set({ vault: 'open' }));
  expect(screen.getByText('open')).toBeTruthy();
});

test('says when the engine does not answer any more', async () => {
  const silent: Backend = {
    request: () => Promise.reject(new Error('gone')),
    subscribe: () => () => {},
    askSavePath: async () => null,
  };
  drawWith(silent, <Vault />);
  expect(await screen.findByText('gone')).toBeTruthy();
});

test('a reply of the wrong kind is a mistake of ours, not a success', async () => {
  const wrong: Backend = {
    request: async () => ({ kind: 'done' }),
    subscribe: () => () => {},
    askSavePath: async () => null,
  };
  const answer = await new EngineStore(wrong).ask({ kind: 'meetings' }, 'meetings');
  expect(answer).toMatchObject({ kind: 'problem', problem: { code: 'RZ-INTERNAL' } });
});
