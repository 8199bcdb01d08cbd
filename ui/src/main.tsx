// Opens the window's page: finds the engine, dresses the page, draws.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { connect } from './backend/connect.ts';
import './design/base.css';
import { wearTheme } from './design/theme.ts';
import { preferences } from './state/preferences.ts';
import { speak } from './texts/language.ts';

speak(preferences().language);
wearTheme(preferences().theme);

const place = document.getElementById('root');
if (place) {
  const backend = await connect();
  createRoot(place).render(
    <StrictMode>
      <App backend={backend} />
    </StrictMode>,
  );
}
