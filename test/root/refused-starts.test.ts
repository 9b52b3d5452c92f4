import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { requireTool } from '../support/require-tool.ts';
import { waitFor } from '../support/wait-for.ts';

/** What the kernel runs out of. */
interface Scarcity {
  readonly name: string;
  readonly why: RegExp;
  /** Prepares the home before the engine starts. */
  readonly prepare?: (home: HealerHome) => void;
  /** Uses the resource up. Returns the function that frees it. */
  readonly exhaust: (home: HealerHome) => Promise<() => Promise<void>>;
}

const PROGRAMS = Array.from({ length: 4 }, (_, at) => `p${String(at)} - - -- sleep 100000`);
const CREATING_CALLS = ['clone', 'clone3', '?fork', '?vfork'].join(',');

/** System calls of the engine that create processes fail with this error. */
async function failSpawns(home: HealerHome, error: string): Promise<() => Promise<void>> {
  requireTool('strace');
  const pid = await home.enginePid();
  const inject = ['-e', `trace=${CREATING_CALLS}`, '-e', `inject=${CREATING_CALLS}:error=${error}`];
  const tracer = spawn('strace', ['-o', '/dev/null', ...inject, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => tracer.once('close', resolve));
  await new Promise((resolve) => tracer.stderr.once('data', resolve));
  return async () => {
    tracer.kill('SIGINT');
    await ended;
  };
}

/** The engine moves into a cgroup that has no room for another process. */
async function limitPids(home: HealerHome): Promise<() => Promise<void>> {
  const root = pidsHierarchy();
  const folder = join(root, `healer-test-${String(process.pid)}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'cgroup.procs'), String(await home.enginePid()));
  writeFileSync(join(folder, 'pids.max'), readFileSync(join(folder, 'pids.current'), 'utf8'));
  return async () => {
    writeFileSync(join(folder, 'pids.max'), 'max');
    await waitFor(() => isLeft(folder, root), 'the cgroup to be removed');
  };
}

/** @throws Error if this machine cannot limit the number of processes of a cgroup */
function pidsHierarchy(): string {
  for (const folder of ['/sys/fs/cgroup/pids', '/sys/fs/cgroup']) {
    const probe = join(folder, `healer-probe-${String(process.pid)}`);
    try {
      mkdirSync(probe);
      const isLimited = readFileSync(join(probe, 'pids.max'), 'utf8') !== '';
      rmdirSync(probe);
      if (isLimited) return folder;
    } catch {
      // Not this hierarchy.
    }
  }
  throw new Error('this test needs a writable cgroup hierarchy with the pids controller');
}

/** Moves the processes of a cgroup to its parent and removes it. Returns false while processes are still arriving or exiting. */
function isLeft(folder: string, root: string): boolean {
  try {
    for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
      writeFileSync(join(root, 'cgroup.procs'), pid);
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** No inode is left for the pipes of a run; those that the pipes of a previous run free are used up again. */
function useUpInodes({ paths }: HealerHome): Promise<() => Promise<void>> {
  const folder = join(paths.runtimeDir, 'ballast');
  mkdirSync(folder);
  let count = 0;
  const fill = (): void => {
    while (statfsSync(folder).ffree > 0) writeFileSync(join(folder, String((count += 1))), '');
  };
  fill();
  const timer = setInterval(fill, 1);
  return Promise.resolve(() => {
    clearInterval(timer);
    rmSync(folder, { recursive: true });
    return Promise.resolve();
  });
}

const SCARCITIES: readonly Scarcity[] = [
  {
    name: 'room in its cgroup (pids.max)',
    why: /^waiting for processes: limit \d+ of the cgroup ".*healer-test-\d+", raise TasksMax \(pids\.max\)/,
    exhaust: limitPids,
  },
  {
    name: 'memory (ENOMEM)',
    why: /^waiting for memory: the system has not enough memory to start it \(ENOMEM\)/,
    exhaust: (home) => failSpawns(home, 'ENOMEM'),
  },
  {
    name: 'processes (EAGAIN)',
    why: /^waiting for processes: a limit of the system is reached/,
    exhaust: (home) => failSpawns(home, 'EAGAIN'),
  },
  {
    name: 'inodes for its pipes (ENOSPC)',
    why: /^waiting for disk space: its log pipes cannot be created \(ENOSPC\)/,
    prepare: ({ paths }) => {
      mkdirSync(paths.runtimeDir, { recursive: true, mode: 0o700 });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=120,mode=700', 'tmpfs', paths.runtimeDir]);
    },
    exhaust: useUpInodes,
  },
];

async function withPrograms(
  { prepare, exhaust }: Scarcity,
  work: (home: HealerHome, free: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await using home = new HealerHome();
  prepare?.(home);
  try {
    await home.up(...PROGRAMS);
    for (let at = 0; at < PROGRAMS.length; at++) await home.state(`p${String(at)}`, 'running');
    let isFree = false;
    const free = await exhaust(home);
    const once = async (): Promise<void> => {
      if (!isFree) await free();
      isFree = true;
    };
    try {
      await work(home, once);
    } finally {
      await once();
    }
  } finally {
    if (prepare !== undefined) execFileSync('umount', ['--lazy', home.paths.runtimeDir]);
  }
}

/**
 * Kills a program until it waits, and returns how often it was restarted before. The inodes of its last run's pipes are free for
 * a moment, so a restart can come before they are used up.
 */
async function killUntilWaiting(home: HealerHome, id: string): Promise<number> {
  for (;;) {
    const { pid } = await home.row(id);
    if (pid !== null) process.kill(pid, 'SIGKILL');
    await waitFor(async () => (await home.row(id)).pid !== pid, `"${id}" to have exited`);
    await waitFor(
      async () => ['running', 'waiting'].includes((await home.row(id)).state),
      `"${id}" to wait or to run again`,
    );
    const row = await home.row(id);
    if (row.state === 'waiting') return row.restarts;
  }
}

describe.each(SCARCITIES)('without $name', (scarcity) => {
  test('a program waits with the reason, is charged nothing, and starts when there is room again', async () => {
    await withPrograms(scarcity, async (home, free) => {
      const restarts: number[] = [];
      for (const id of ['p1', 'p2']) {
        restarts.push(await killUntilWaiting(home, id));
        expect((await home.row(id)).why).toMatch(scarcity.why);
      }
      const asked = await home.run('restart', 'p1', '--json');
      expect(asked.stdout + asked.stderr).not.toMatch(/cooldown|failed/);
      // Longer than several attempts, each of which must not count.
      const seen = await home.kinds('p1');
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      expect((await home.kinds('p1')).length - seen.length).toBeLessThan(3);
      expect(await home.row('p1')).toMatchObject({ state: 'waiting', restarts: restarts[0], cooldownUntil: null });
      expect(await home.ok('status')).toContain('programs are waiting for');
      expect(await home.row('p0')).toMatchObject({ state: 'running', restarts: 0 });
      await free();
      expect(await home.state('p2', 'running')).toMatchObject({ restarts: (restarts[1] ?? 0) + 1 });
      await home.state('p1', 'running');
      expect(await home.kinds('p2')).not.toContain('cooldown-started');
      await home.down();
    });
  });

  test('down stops everything', async () => {
    await withPrograms(scarcity, async (home) => {
      process.kill(await home.pid('p1'), 'SIGKILL');
      await home.state('p1', 'waiting');
      expect(await home.ok('down')).toMatch(/Stopped 3 programs/);
      await home.empty();
    });
  });
});
