import { defineConfig } from 'vitest/config';

/** Separate from the other tests, because it takes minutes: `npm run test:faults -- --minutes 10 --seed 1`. */
export default defineConfig({
  test: {
    include: ['test/faults/faults.ts'],
    env: { HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' },
    pool: 'forks',
    reporters: ['default', './test/support/summary-reporter.ts'],
  },
});
