// The window's page over a backend in memory, which the tests reach as `window.engine`.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '../../src/App.tsx';
import '../../src/design/base.css';
import { wearTheme } from '../../src/design/theme.ts';
import { preferences } from '../../src/state/preferences.ts';
import { MemoryBackend } from '../../src/testing/MemoryBackend.ts';
import * as people from '../../src/testing/people.ts';
import { speak } from '../../src/texts/language.ts';

declare global {
  interface Window {
    engine: MemoryBackend;
    people: typeof people;
    /** Set by a test before the page's scripts run. */
    start?: ConstructorParameters<typeof MemoryBackend>[0];
    archive?: MemoryBackend['kept'];
  }
}

speak(preferences().language);
wearTheme(preferences().theme);
window.people = people;
window.engine = new MemoryBackend(window.start);
window.engine.kept = window.archive ?? [];

const place = document.getElementById('root');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App backend={window.engine} />
    </StrictMode>,
  );
}
