import { createConnection } from 'node:net';
import { isAlive } from '../../../src/base/process-liveness.ts';
import { readProcStat, listPids } from '../../../src/base/proc-stat.ts';
import { readFileSync } from 'node:fs';
import { waitFor } from '../../support/wait-for.ts';
import type { FaultBed } from '../bed.ts';
import { anyId, pause, type Step } from '../operations.ts';

/** Signals to healer's processes, its programs and its clients. */
export const PROCESS_FAULTS: readonly Step[] = [
  { name: 'kill -9 the engine', weight: 6, run: killEngine },
  { name: 'kill -9 the log collector', weight: 4, run: async (bed) => killCollector(bed) },
  {
    name: 'kill -9 engine and log collector',
    weight: 3,
    run: async (bed) => {
      killCollector(bed);
      await killEngine(bed);
    },
  },
  {
    name: 'kill -9 engine, log collector and programs',
    weight: 2,
    run: async (bed) => {
      killCollector(bed);
      const engine = killEngine(bed);
      for (let count = bed.random.int(1, 6); count > 0; count--) killProgram(bed);
      await engine;
    },
  },
  { name: 'kill -9 the delivery worker', weight: 2, run: async (bed) => killDelivery(bed) },
  { name: 'SIGTERM to the engine', weight: 1, run: terminateEngine },
  {
    name: 'SIGTERM to the log collector',
    weight: 1,
    run: async (bed) => void send(bed, 'the log collector', bed.collectorPid(), 'SIGTERM'),
  },
  { name: 'freeze the engine', weight: 2, run: (bed) => freeze(bed, 'the engine', bed.enginePid()) },
  { name: 'freeze the log collector', weight: 2, run: (bed) => freeze(bed, 'the log collector', bed.collectorPid()) },
  { name: 'freeze the delivery worker', weight: 1, run: (bed) => freeze(bed, 'the delivery worker', deliveryPid(bed)) },
  { name: 'freeze a program', weight: 2, run: freezeProgram },
  { name: 'SIGTERM to a program', weight: 2, run: async (bed) => killProgram(bed, 'SIGTERM') },
  { name: 'kill -9 a program', weight: 8, run: async (bed) => killProgram(bed) },
  { name: 'kill -9 a program, then the engine', weight: 5, run: killProgramThenEngine },
  { name: 'stop a frozen program', weight: 2, run: stopFrozen },
  { name: 'reuse the pid of a program', weight: 2, needs: 'pid reuse', run: reusePid },
  { name: 'kill -9 a helper process', weight: 1, run: async (bed) => killProgram(bed, 'SIGKILL', 'helper') },
  {
    name: 'kill -9 ten programs',
    weight: 2,
    run: async (bed) => void Array.from({ length: 10 }, () => killProgram(bed)),
  },
  { name: 'kill -9 a client', weight: 2, run: interruptClient },
  { name: 'garbage on the socket', weight: 1, run: sendGarbage },
  { name: 'a client that never reads', weight: 2, run: suspendClient },
];

export async function killEngine(bed: FaultBed): Promise<void> {
  const pid = bed.enginePid();
  if (!send(bed, 'the engine', pid, 'SIGKILL')) return;
  bed.disturbed();
  await waitFor(() => !isAlive(pid), 'the killed engine to exit');
}

export function killCollector(bed: FaultBed): void {
  send(bed, 'the log collector', bed.collectorPid(), 'SIGKILL');
}

/** SIGTERM shuts the engine down like `healer down`. */
async function terminateEngine(bed: FaultBed): Promise<void> {
  const pid = bed.enginePid();
  if (!send(bed, 'the engine', pid, 'SIGTERM')) return;
  bed.mayHaveBeenShutDown();
  await waitFor(() => !isAlive(pid), 'the engine to exit after SIGTERM', 60_000);
}

function killProgram(bed: FaultBed, signal: NodeJS.Signals = 'SIGKILL', part: 'main' | 'helper' = 'main'): void {
  const found = bed.census().filter((entry) => (entry.part === 'main') === (part === 'main'));
  if (found.length === 0) return;
  const { pid, id } = bed.random.pick(found);
  send(bed, id, pid, signal);
}

/** Kills the engine within milliseconds after an exit that it must record. */
async function killProgramThenEngine(bed: FaultBed): Promise<void> {
  killProgram(bed);
  await pause(bed.random.int(0, 20));
  await killEngine(bed);
}

async function freezeProgram(bed: FaultBed): Promise<void> {
  const mains = bed.census().filter(({ part }) => part === 'main');
  if (mains.length === 0) return;
  const { pid, id } = bed.random.pick(mains);
  await freeze(bed, id, pid);
}

async function freeze(bed: FaultBed, what: string, pid: number): Promise<void> {
  const startTicks = pid === 0 ? undefined : readProcStat(pid)?.startTicks;
  if (startTicks === undefined) return;
  const ms = bed.random.int(100, 2_500);
  if (!send(bed, `${what} for ${ms} ms`, pid, 'SIGSTOP')) return;
  await pause(ms);
  if (readProcStat(pid)?.startTicks === startTicks) process.kill(pid, 'SIGCONT');
}

/** A stopped process handles a stop signal only after SIGCONT. */
async function stopFrozen(bed: FaultBed): Promise<void> {
  const mains = bed.census().filter(({ part, id }) => part === 'main' && /^(?:count|quiet)-/.test(id));
  if (mains.length === 0) return;
  const { pid, id } = bed.random.pick(mains);
  if (!bed.subjects.some((subject) => subject.id === id)) return;
  send(bed, id, pid, 'SIGSTOP');
  bed.expectOneOf(id, [...bed.possibleGoals(id), 'stopped']);
  const { code, stdout } = await bed.cli('stop', id);
  if (code === 0) bed.expectOneOf(id, ['stopped']);
  if (stdout.includes('SIGKILL'))
    bed.problems.push(`"${id}", which was suspended, was not stopped gracefully: ${stdout}`);
}

/** While no engine runs, another process gets the pid of a program. */
async function reusePid(bed: FaultBed): Promise<void> {
  const mains = bed.census().filter(({ part }) => part === 'main');
  killCollector(bed);
  await killEngine(bed);
  if (mains.length === 0) return;
  const { pid, id } = bed.random.pick(mains);
  send(bed, id, pid, 'SIGKILL');
  await waitFor(() => readProcStat(pid) === null, 'the pid to be free');
  bed.note(`pid ${pid} is given to another process: ${bed.startBystanderAs(pid) ? 'done' : 'failed'}`);
}

function killDelivery(bed: FaultBed): void {
  if (send(bed, 'the delivery worker', deliveryPid(bed), 'SIGKILL')) bed.disturbed();
}

/** Returns the pid of the delivery worker, which is a child of the engine, or 0. */
function deliveryPid(bed: FaultBed): number {
  const engine = bed.enginePid();
  return (
    listPids().find((pid) => readProcStat(pid)?.parentPid === engine && nameOf(pid).startsWith('healer-courier')) ?? 0
  );
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Kills or suspends a client in the middle of a command. Whether the command takes effect is open. */
async function interruptClient(bed: FaultBed): Promise<void> {
  const id = anyId(bed);
  const goals = bed.possibleGoals(id);
  if (!goals.includes('up')) return;
  const client = bed.home.spawn('restart', id);
  const ended = new Promise((resolve) => client.once('close', resolve));
  await pause(bed.random.int(20, 400));
  client.kill('SIGKILL');
  bed.note(`SIGKILL to "healer restart ${id}"`);
  await ended;
}

async function sendGarbage(bed: FaultBed): Promise<void> {
  const bytes = Buffer.from(Array.from({ length: bed.random.int(1, 4_000) }, () => bed.random.int(0, 255)));
  await new Promise<void>((resolve) => {
    const socket = createConnection(bed.home.paths.socket, () => socket.end(bytes));
    socket.setTimeout(5_000, () => socket.destroy());
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

/** Sends a signal. Returns false if the process does not exist. */
function send(bed: FaultBed, what: string, pid: number, signal: NodeJS.Signals): boolean {
  if (pid === 0 || !isAlive(pid)) return false;
  bed.note(`${signal} to ${what} (${pid})`);
  process.kill(pid, signal);
  return true;
}
