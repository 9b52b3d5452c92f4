import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { isAlive } from '../../src/base/process-liveness.ts';
import { waitFor } from '../support/wait-for.ts';
import type { FaultBed } from './bed.ts';
import { anyId, pause, type Step } from './operations.ts';

/** Faults that may occur at any moment, also while a command is running. */
export const INJECTIONS: readonly Step[] = [
  { name: 'kill -9 the engine', weight: 6, run: (bed) => killEngine(bed) },
  {
    name: 'kill -9 the log collector',
    weight: 4,
    run: async (bed) => void kill(bed, 'the log collector', collectorPid(bed)),
  },
  {
    name: 'kill -9 engine and log collector',
    weight: 2,
    run: async (bed) => {
      bed.collectorDiedToo = true;
      kill(bed, 'the log collector', collectorPid(bed));
      await killEngine(bed);
    },
  },
  { name: 'SIGTERM to the engine', weight: 1, run: terminateEngine },
  { name: 'freeze the engine', weight: 2, run: (bed) => freeze(bed, 'the engine', bed.home.lockedPid()) },
  { name: 'freeze the log collector', weight: 2, run: (bed) => freeze(bed, 'the log collector', collectorPid(bed)) },
  { name: 'kill -9 a program', weight: 8, run: async (bed) => killProgram(bed) },
  { name: 'kill -9 a program, then the engine', weight: 4, run: killProgramThenEngine },
  {
    name: 'kill -9 ten programs',
    weight: 2,
    run: async (bed) => void Array.from({ length: 10 }, () => killProgram(bed)),
  },
  { name: 'garbage on the socket', weight: 1, run: sendGarbage },
  { name: 'a client that never reads', weight: 2, run: suspendClient },
  {
    name: 'remove the runtime folder',
    weight: 1,
    run: async (bed) => rmSync(bed.home.paths.runtimeDir, { recursive: true, force: true, maxRetries: 5 }),
  },
  { name: 'damage the state file', weight: 2, run: (bed) => damage(bed, bed.home.paths.stateFile) },
  { name: 'damage the cooldown file', weight: 1, run: (bed) => damage(bed, bed.home.paths.cooldownFile) },
];

async function killEngine(bed: FaultBed): Promise<void> {
  const pid = bed.home.lockedPid();
  if (!kill(bed, 'the engine', pid)) return;
  bed.engineDied();
  await waitFor(() => !isAlive(pid), 'the killed engine to exit');
}

/** SIGTERM shuts the engine down like `healer down`. */
async function terminateEngine(bed: FaultBed): Promise<void> {
  const pid = bed.home.lockedPid();
  if (pid === 0 || !isAlive(pid)) return;
  bed.note(`SIGTERM to the engine (${pid})`);
  process.kill(pid, 'SIGTERM');
  await waitFor(() => !isAlive(pid), 'the engine to exit after SIGTERM', 30_000);
  bed.wasShutDown();
}

function killProgram(bed: FaultBed): void {
  const mains = bed.census().filter(({ part }) => part === 'main');
  if (mains.length === 0) return;
  const { pid, id } = bed.random.pick(mains);
  kill(bed, id, pid);
}

/** Kills the engine within milliseconds after an exit that it must record. */
async function killProgramThenEngine(bed: FaultBed): Promise<void> {
  killProgram(bed);
  await pause(bed.random.int(0, 20));
  await killEngine(bed);
}

async function freeze(bed: FaultBed, what: string, pid: number): Promise<void> {
  if (pid === 0 || !isAlive(pid)) return;
  const ms = bed.random.int(100, 2_500);
  bed.note(`SIGSTOP to ${what} (${pid}) for ${ms} ms`);
  process.kill(pid, 'SIGSTOP');
  await pause(ms);
  if (isAlive(pid)) process.kill(pid, 'SIGCONT');
}

async function sendGarbage(bed: FaultBed): Promise<void> {
  const bytes = Buffer.from(Array.from({ length: bed.random.int(1, 4_000) }, () => bed.random.int(0, 255)));
  await new Promise<void>((resolve) => {
    const socket = createConnection(bed.home.paths.socket, () => socket.end(bytes));
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.resume();
  });
}

/** The client stays suspended until the test bed is closed. */
async function suspendClient(bed: FaultBed): Promise<void> {
  const client = bed.home.spawn('logs', anyId(bed), '-f', '-n', '10000');
  client.stdout.pause();
  await pause(300);
  client.kill('SIGSTOP');
  bed.note(`a client (${client.pid ?? 0}) stopped reading`);
}

/** Truncates, empties, overwrites or removes a file of the engine after killing the engine. */
async function damage(bed: FaultBed, path: string): Promise<void> {
  await killEngine(bed);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return;
  const way = bed.random.pick(['truncate', 'empty', 'overwrite', 'remove'] as const);
  bed.note(`${way} ${path}`);
  bed.stateDamaged();
  if (way === 'truncate') truncateSync(path, bed.random.int(1, size - 1));
  else if (way === 'empty') truncateSync(path, 0);
  else if (way === 'remove') rmSync(path);
  else {
    const bytes = readFileSync(path);
    const start = bed.random.int(0, size - 1);
    bytes.fill('#', start, Math.min(size, start + 40));
    writeFileSync(path, bytes);
  }
}

function collectorPid(bed: FaultBed): number {
  return bed.collectorPid();
}

/** Returns false if the process does not exist. */
function kill(bed: FaultBed, what: string, pid: number): boolean {
  if (pid === 0 || !isAlive(pid)) return false;
  bed.note(`SIGKILL to ${what} (${pid})`);
  process.kill(pid, 'SIGKILL');
  return true;
}
