import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'cockpit/dist/**'],
    testTimeout: 20_000,
    env: { TZ: process.env['TZ'] ?? '' },
  },
});
