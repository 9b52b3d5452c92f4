/** Runs many churning programs for a long time: `npm run soak -- --hours 1 [--programs 200] [--seed 1]`. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '1' },
    programs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});
if (!(Number(values.hours) > 0) || !(Number(values.programs) > 0)) {
  console.error('--hours and --programs have to be positive numbers, for example: npm run soak -- --hours 0.5');
  process.exit(2);
}
const env = { ...process.env, SOAK_HOURS: values.hours, SOAK_PROGRAMS: values.programs, SOAK_SEED: values.seed };
const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'test/soak/vitest.config.ts'], {
  stdio: 'inherit',
  env,
});
process.exitCode = status ?? 1;
