/**
 * Runs the fault tests: `npm run test:faults -- --minutes 10 --seed 1`. The same seed repeats the same steps; several seeds,
 * separated by commas, share the minutes. Where possible, everything runs in a pid namespace so small that pids are reused.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** Enough for the driver, the engine, its programs and their threads; commands use up the rest within minutes. */
const PIDS = 1_500;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    without: { type: 'string', default: '' },
    pids: { type: 'string', default: String(PIDS) },
  },
});

const NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
// The shell stays, as the process that reaps orphans in the namespace. libfaketime names its shared memory by pid, so that
// processes of other namespaces would remove it: these processes get a /dev/shm of their own.
const limitPids = (command) => [
  ...NAMESPACE,
  'sh',
  '-c',
  `echo ${values.pids} > /proc/sys/kernel/pid_max && mount -t tmpfs tmpfs /dev/shm && ${command}; exit $?`,
];

function succeeds([file, ...args]) {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

const isSmall = succeeds(limitPids('true'));
const env = {
  ...process.env,
  FAULT_MINUTES: values.minutes,
  FAULT_WITHOUT: values.without,
  ...(values.seed === undefined ? {} : { FAULT_SEED: values.seed }),
  ...(isSmall ? { FAULT_PIDS: values.pids } : {}),
};
const vitest = ['npx', 'vitest', 'run', '--config', 'test/faults/vitest.config.ts'];
const [file, ...args] = isSmall ? limitPids(vitest.join(' ')) : vitest;
const { status } = spawnSync(file, args, { stdio: 'inherit', env });
process.exitCode = status ?? 1;
