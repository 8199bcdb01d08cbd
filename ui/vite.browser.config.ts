import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page of the browser tests: the window's own sources over a backend in memory, beside the gallery.
export default defineConfig({
  base: './',
  plugins: [react()],
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  build: {
    outDir: 'node_modules/.cache/browser-page',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: { page: 'tests/browser/page.html', gallery: 'design.html' } },
  },
});
