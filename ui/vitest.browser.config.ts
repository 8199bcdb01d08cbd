import { defineConfig } from 'vitest/config';

// Tests in a real Chromium over the built page. One after the other: the machine is small, a browser is not.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/browser/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
