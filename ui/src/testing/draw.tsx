// Draws a component as the window would: with the announcer around it, and the engine where it is needed.
import { type RenderResult, render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import type { Backend } from '../backend/Backend.ts';
import { Announcer } from '../design/components/Announcer.tsx';
import { EngineProvider } from '../state/engine.tsx';

export interface Drawn extends RenderResult {
  user: UserEvent;
}

export function draw(what: ReactNode): Drawn {
  return { user: userEvent.setup(), ...render(<Announcer>{what}</Announcer>) };
}

export function drawWith(backend: Backend, what: ReactNode): Drawn {
  return draw(<EngineProvider backend={backend}>{what}</EngineProvider>);
}
