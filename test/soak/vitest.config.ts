import { defineConfig } from 'vitest/config';

/** Separate from the other tests, because it takes hours: `npm run soak -- --hours 1`. */
export default defineConfig({
  test: {
    include: ['test/soak/soak.ts'],
    testTimeout: 0,
    hookTimeout: 120_000,
    env: { HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' },
    pool: 'forks',
    reporters: ['default', './test/support/summary-reporter.ts'],
  },
});
