import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Engines of several tests run side by side, and beside that of whoever runs the tests.
    env: { HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' },
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './test/support/summary-reporter.ts'],
  },
});
