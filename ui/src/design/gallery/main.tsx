// The gallery: every component in every state, in every theme. For those who build the window.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { speak } from '../../texts/language.ts';
import '../base.css';
import { wearTheme } from '../theme.ts';
import { Gallery } from './Gallery.tsx';

const wish = new URLSearchParams(location.search);
const theme = wish.get('theme');
speak(wish.get('language') === 'en' ? 'en' : 'de');
wearTheme(theme === 'dark' || theme === 'contrast' ? theme : 'light');

const place = document.getElementById('root');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <Gallery />
    </StrictMode>,
  );
}
