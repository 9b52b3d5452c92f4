import { defineConfig } from 'vitest/config';

/** Random input for a running engine: `npm run fuzz -- --minutes 10 --target live`. */
export default defineConfig({
  test: {
    include: ['test/fuzz/live.ts'],
    testTimeout: 0,
    hookTimeout: 120_000,
    pool: 'forks',
    reporters: ['default', './test/support/summary-reporter.ts'],
  },
});
