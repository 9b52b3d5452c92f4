import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../../src/base/process-liveness.ts';
import type { FaultBed } from '../bed.ts';
import { lastEventOf } from '../invariants/events.ts';
import { lostRecords, whileFull } from './full-disk.ts';
import { pidsCgroup } from '../machine.ts';
import { anyRunning, pause, type Step } from '../step.ts';
import { failSpawns } from './failing-spawns.ts';
import { COLLECTOR, ENGINE, killActors, signalProgram } from './signals.ts';

/** Exhausted disks, descriptors and processes, and a clock that is changed. */
export const RESOURCE_FAULTS: readonly Step[] = [
  {
    name: 'a full disk',
    weight: 3,
    needs: 'mounts',
    run: (bed) => whileFull(bed, () => pause(bed.random.int(200, 4_000))),
  },
  {
    name: 'a full disk, and a kill of the engine',
    weight: 2,
    needs: 'mounts',
    run: (bed) =>
      whileFull(bed, async () => {
        await pause(bed.random.int(200, 1_500));
        await killActors(bed, ENGINE, ...(bed.random.chance(0.5) ? [COLLECTOR] : []));
        if (bed.random.chance(0.7)) await bed.up();
        lostRecords(bed);
      }),
  },
  {
    name: 'a full disk, and a kill of the log collector',
    weight: 2,
    needs: 'mounts',
    run: (bed) =>
      whileFull(bed, async () => {
        await pause(bed.random.int(200, 1_500));
        await killActors(bed, COLLECTOR);
        await pause(bed.random.int(0, 1_000));
      }),
  },
  { name: 'a read-only state folder', weight: 1, needs: 'mounts', run: readOnlyState },
  { name: 'no free descriptors', weight: 2, needs: 'descriptor limit', run: exhaustDescriptors },
  { name: 'no free pids', weight: 1, needs: 'pids limit', run: exhaustPids },
  { name: 'spawns that fail', weight: 2, needs: 'failing spawns', run: failSpawnsDuringRestarts },
  {
    name: 'change the clock',
    weight: 3,
    needs: 'fake clock',
    run: async (bed) => {
      const hours = bed.random.pick([-48, -3, -1, 0, 1, 3, 48, 8_760]);
      bed.note(`the clock is set to ${hours} h`);
      bed.clockChanges.push(lastEventOf(bed.home.paths.healingLog));
      writeFileSync(bed.clockFile, `${hours < 0 ? '' : '+'}${hours * 3600}\n`);
      await pause(bed.random.int(100, 1_000));
    },
  },
];

/** A mount cannot become read-only while files on it are open for writing, so the engine is killed before. */
async function readOnlyState(bed: FaultBed): Promise<void> {
  const { stateDir } = bed.home.paths;
  await killActors(bed, COLLECTOR, ENGINE);
  await pause(50);
  try {
    execFileSync('mount', ['--bind', stateDir, stateDir], { stdio: 'pipe' });
  } catch (error) {
    bed.note(`cannot mount: ${String(error)}`);
    return;
  }
  try {
    execFileSync('mount', ['-o', 'remount,bind,ro', stateDir], { stdio: 'pipe' });
    bed.note('the state folder is read-only');
    lostRecords(bed);
    await bed.up();
    await pause(bed.random.int(100, 2_000));
    await killActors(bed, COLLECTOR, ENGINE);
  } finally {
    execFileSync('umount', ['--lazy', stateDir]);
    bed.note('the state folder is writable again');
  }
}

async function exhaustDescriptors(bed: FaultBed): Promise<void> {
  const pid = bed.random.chance(0.7) ? bed.enginePid() : bed.collectorPid();
  if (pid === 0 || !isAlive(pid)) return;
  const before = descriptorLimit(pid);
  const limit = highestDescriptor(pid) + bed.random.int(1, 4);
  bed.note(`process ${pid} may open descriptors below ${limit}`);
  limitDescriptors(pid, `${limit}:`);
  await pause(bed.random.int(200, 3_000));
  if (isAlive(pid)) limitDescriptors(pid, `${before}:`);
}

/** Returns the soft limit of open files. */
function descriptorLimit(pid: number): number {
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1]);
}

function limitDescriptors(pid: number, limit: string): void {
  try {
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${limit}`], { stdio: 'pipe' });
  } catch {
    // The process has just exited.
  }
}

function highestDescriptor(pid: number): number {
  return Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number));
}

async function exhaustPids(bed: FaultBed): Promise<void> {
  const pid = bed.enginePid();
  const root = pidsCgroup();
  if (root === null || pid === 0 || !isAlive(pid)) return;
  const folder = join(root, `healer-faults-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'cgroup.procs'), String(pid));
    const current = Number(readFileSync(join(folder, 'pids.current'), 'utf8'));
    bed.note(`the engine and its programs may have ${current} processes and threads`);
    writeFileSync(join(folder, 'pids.max'), String(current));
    await pause(bed.random.int(200, 3_000));
  } finally {
    leaveCgroup(folder, root);
  }
}

/** The kernel refuses new processes with EAGAIN or ENOMEM, while programs die and are restarted. */
async function failSpawnsDuringRestarts(bed: FaultBed): Promise<void> {
  const error = bed.random.pick(['EAGAIN', 'ENOMEM']);
  const failing = failSpawns(bed, error, bed.random.int(300, 3_000));
  await pause(bed.random.int(0, 300));
  signalProgram(bed);
  const subject = anyRunning(bed);
  if (subject !== null) await bed.cli('restart', subject.id);
  await failing;
}

function leaveCgroup(folder: string, root: string): void {
  try {
    writeFileSync(join(folder, 'pids.max'), 'max');
    for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
      writeFileSync(join(root, 'cgroup.procs'), pid);
    rmdirSync(folder);
  } catch {
    // Its processes are still exiting. The next use of the folder moves them.
  }
}
