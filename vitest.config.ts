import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // They have a suite of their own: npm run test:root.
    exclude: [...configDefaults.exclude, 'test/root/**'],
    // They end what hangs. No test measures speed with them, so that a busy machine fails nothing.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // Several test engines run at once, possibly beside your own: without a fixed port they do not collide.
    env: { HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' },
    pool: 'forks',
    // Tests mostly wait for processes, so even a single core can run two workers.
    maxWorkers: Math.max(2, availableParallelism()),
    reporters: ['default', './test/support/summary-reporter.ts'],
  },
});
