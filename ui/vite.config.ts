import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The window loads these files from inside the application: relative paths, no preloading from anywhere else.
export default defineConfig({
  base: './',
  plugins: [react()],
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'safari16',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  // `npm run dev` beside `cargo run -p ranzen-devsocket -- --profile DIR --port 4870`: open the address that
  // prints, with this port.
  server: {
    port: 5173,
    strictPort: true,
    host: '127.0.0.1',
    proxy: { '/engine': { target: 'http://127.0.0.1:4870', ws: true, rewriteWsOrigin: true } },
  },
  test: {
    environment: 'happy-dom',
    isolate: false,
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    css: { modules: { classNameStrategy: 'non-scoped' } },
  },
});
