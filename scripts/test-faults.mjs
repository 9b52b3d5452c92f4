/** Runs the fault tests: `npm run test:faults -- --minutes 10 --seed 1`. The same seed repeats the same steps. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    without: { type: 'string', default: '' },
  },
});
const env = {
  ...process.env,
  FAULT_MINUTES: values.minutes,
  FAULT_WITHOUT: values.without,
  ...(values.seed === undefined ? {} : { FAULT_SEED: values.seed }),
};
const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'test/faults/vitest.config.ts'], {
  stdio: 'inherit',
  env,
});
process.exitCode = status ?? 1;
