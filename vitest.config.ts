import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './checks/longest-first.ts';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'cockpit/dist/**'],
    setupFiles: ['checks/property-seed.ts'],
    // Many tests wait for browsers, brokers and timers: on two cores one file at a time leaves them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    // A machine that does other things besides must fail no test that would pass.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A browser under a locale without Chinese letters cannot name a file in Chinese.
    env: { TZ: process.env['TZ'] ?? '', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
  },
});
