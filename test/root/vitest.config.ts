import { defineConfig, mergeConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** Tests that mount file systems, change users or unshare namespaces: `npm run test:root`. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({ test: { include: ['test/root/**/*.test.ts'] } }),
);
