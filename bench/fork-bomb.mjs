/**
 * Runs fork bombs of four kinds under a process limit: measures how long each runs under healer, and whether processes are left.
 * As root, it runs the bomb as the user `nobody`, because the limit does not apply to root. Every bomb also has its own cap.
 *
 *   node bench/fork-bomb.mjs [--rounds 10] [--cap 2000] [--kinds wide,deep,double] [--tree]
 *
 * --tree disables cgroups. The kind "chain" keeps forking for 20 s with one live process at a time; only a cgroup can
 * contain it.
 */
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Healer } from './support/healer.mjs';
import { killQuietly } from './support/processes.mjs';
import { summarize } from './support/statistics.mjs';
import { waitUntil } from './support/wait-until.mjs';
import { Workshop } from './support/workshop.mjs';

const NAME = 'healer-bomb';
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    cap: { type: 'string', default: '2000' },
    kinds: { type: 'string', default: 'wide,deep,double' },
    tree: { type: 'boolean', default: false },
  },
});

const workshop = new Workshop();
try {
  const bomb = join('/tmp', `${NAME}-${process.pid}`);
  copyFileSync(workshop.compiled('fork-bomb'), bomb);
  workshop.cleanup.defer(() => rmSync(bomb));
  chmodSync(bomb, 0o755);
  for (const kind of values.kinds.split(',')) {
    const times = [];
    for (let round = 0; round < Number(values.rounds); round++) times.push(await playRound(bomb, kind));
    const ended = times.filter((time) => time !== null);
    const { median, min, max } = summarize(ended.length === 0 ? [NaN] : ended);
    const line = `${kind.padEnd(7)} ${ended.length} of ${times.length} ended, nothing left`;
    console.log(`${line}; first fork to last exit: median ${median} ms, ${min} to ${max}`);
  }
} finally {
  await workshop.cleanup.run();
}

/** @returns {Promise<number | null>} milliseconds from the first fork to the last exit; null if processes are left */
async function playRound(bomb, kind) {
  const healer = new Healer(workshop.newFolder());
  if (values.tree) healer.environment.HEALER_NO_CGROUP = '1';
  const isRoot = process.getuid() === 0;
  const program = {
    command: bomb,
    args: [kind, values.cap],
    restart: { policy: 'never' },
    ...(isRoot ? { user: 'nobody', rlimits: { nproc: Number(values.cap) } } : {}),
  };
  const list = join(healer.home, 'healer.yaml');
  writeFileSync(list, JSON.stringify({ processes: { bomb: program } }));
  try {
    await healer.up(list);
    const endedAt = await waitUntil(
      () => hasEnded(healer) && bombs().length === 0 && Date.now(),
      'the fork bomb to be ended',
      {
        timeoutMs: 30_000,
        everyMs: 25,
      },
    ).catch(() => null);
    const log = healer.run('logs', 'bomb');
    const began = Number(/first fork at (\d+)/.exec(log)?.[1]);
    if (endedAt === null) console.log(`${bombs().length} left`, healer.run('events', '-n', '20'));
    return endedAt === null ? null : endedAt - began;
  } finally {
    await healer.down();
    for (const pid of bombs()) killQuietly(pid);
  }
}

/** Reads the log file directly, so that the check does not load the engine. */
function hasEnded(healer) {
  const log = readFileSync(join(healer.home, 'state/default/healing.log'), 'utf8');
  return / (fork-bomb|leftovers-ended) /.test(log);
}

function bombs() {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d/.test(pid)) return false;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return stat.includes(`(${NAME}`) && !/\) [ZX] /.test(stat);
    } catch {
      return false;
    }
  });
}
