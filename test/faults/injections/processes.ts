import { readProcStat } from '../../../src/base/proc-stat.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { FaultBed } from '../bed.ts';
import { allowStartOfDependencies } from '../dependency-goals.ts';
import { pause, type Step } from '../step.ts';
import {
  ACTORS,
  COLLECTOR,
  DELIVERY,
  ENGINE,
  freeze,
  killActors,
  send,
  signalProgram,
  someOf,
  terminate,
  WATCHER,
} from './signals.ts';

/** The time after a death within which healer's processes are killed, so that they die while they handle it. */
const RACE_MS = 20;

/** Signals to healer's processes and to programs. */
export const PROCESS_FAULTS: readonly Step[] = [
  { name: 'kill -9 the engine', weight: 6, run: (bed) => killActors(bed, ENGINE) },
  { name: 'kill -9 the log collector', weight: 4, run: (bed) => killActors(bed, COLLECTOR) },
  { name: 'kill -9 the delivery worker', weight: 2, run: (bed) => killActors(bed, DELIVERY) },
  { name: 'kill -9 the watcher', weight: 3, needs: 'watcher', run: (bed) => killActors(bed, WATCHER) },
  { name: 'kill -9 engine and watcher', weight: 3, needs: 'watcher', run: (bed) => killActors(bed, ENGINE, WATCHER) },
  { name: 'kill -9 engine and log collector', weight: 3, run: (bed) => killActors(bed, COLLECTOR, ENGINE) },
  { name: 'kill -9 all of healer', weight: 2, run: (bed) => killActors(bed, ...ACTORS) },
  { name: 'kill -9 some of healer and programs', weight: 2, run: killSomeAndPrograms },
  { name: 'kill -9 everything at once', weight: 2, run: killEverything },
  { name: 'kill -9 the engine again and again during its start', weight: 2, run: killDuringStarts },
  { name: 'SIGTERM to the engine', weight: 1, run: (bed) => terminate(bed, ENGINE) },
  { name: 'SIGTERM to the log collector', weight: 1, run: (bed) => terminate(bed, COLLECTOR) },
  { name: 'SIGTERM to the delivery worker', weight: 1, run: (bed) => terminate(bed, DELIVERY) },
  { name: 'SIGTERM to the watcher', weight: 1, needs: 'watcher', run: (bed) => terminate(bed, WATCHER) },
  { name: 'freeze the engine', weight: 2, run: (bed) => freeze(bed, ENGINE) },
  { name: 'freeze the log collector', weight: 2, run: (bed) => freeze(bed, COLLECTOR) },
  { name: 'freeze the delivery worker', weight: 1, run: (bed) => freeze(bed, DELIVERY) },
  { name: 'freeze the watcher', weight: 1, needs: 'watcher', run: (bed) => freeze(bed, WATCHER) },
  { name: 'freeze some of healer', weight: 2, run: (bed) => freeze(bed, ...someOf(bed, ACTORS)) },
  { name: 'freeze a program', weight: 2, run: freezeProgram },
  { name: 'SIGTERM to a program', weight: 2, run: async (bed) => void signalProgram(bed, 'SIGTERM') },
  { name: 'kill -9 a program', weight: 8, run: async (bed) => void signalProgram(bed) },
  {
    name: 'kill -9 a program, then some of healer',
    weight: 8,
    run: async (bed) => {
      signalProgram(bed);
      await withinRace(bed);
      await killActors(bed, ...someOf(bed, ACTORS));
    },
  },
  {
    name: 'kill -9 a program, then freeze the log collector and kill -9 the engine',
    weight: 1,
    run: async (bed) => {
      const frozen = freeze(bed, COLLECTOR);
      signalProgram(bed);
      await withinRace(bed);
      await killActors(bed, ENGINE);
      await frozen;
    },
  },
  { name: 'stop a frozen program', weight: 4, isTargeted: true, run: stopFrozen },
  { name: 'reuse the pid of a program', weight: 2, isTargeted: true, needs: 'pid reuse', run: reusePid },
  { name: 'kill -9 a helper process', weight: 1, run: async (bed) => void signalProgram(bed, 'SIGKILL', 'helper') },
  {
    name: 'kill -9 ten programs',
    weight: 2,
    run: async (bed) => void Array.from({ length: 10 }, () => signalProgram(bed)),
  },
];

/** Waits for up to 20 ms, in half of the cases for the shortest time that is possible. */
export async function withinRace(bed: FaultBed): Promise<void> {
  if (bed.random.chance(0.5)) await pause(bed.random.int(0, RACE_MS));
}

async function killSomeAndPrograms(bed: FaultBed): Promise<void> {
  const killed = killActors(bed, ...someOf(bed, ACTORS));
  for (let count = bed.random.int(1, 6); count > 0; count--) signalProgram(bed);
  await killed;
}

/** As when a session or a container ends. */
async function killEverything(bed: FaultBed): Promise<void> {
  const programs = bed.census();
  const killed = killActors(bed, ...ACTORS);
  for (const { id, pid } of programs) send(bed, id, pid, 'SIGKILL');
  await killed;
  // Programs start as on a first boot, and with them the stopped ones that they need.
  for (const { id } of bed.goals.defined) if (bed.goals.possible(id).includes('up')) allowStartOfDependencies(bed, id);
}

async function killDuringStarts(bed: FaultBed): Promise<void> {
  for (let count = bed.random.int(2, 4); count > 0; count--) {
    await killActors(bed, ENGINE);
    const started = bed.up();
    await pause(bed.random.int(100, 1_200));
    if (bed.random.chance(0.5)) signalProgram(bed);
    await killActors(bed, ENGINE);
    await started;
  }
}

async function freezeProgram(bed: FaultBed): Promise<void> {
  const mains = bed.census().filter(({ part }) => part === 'main');
  if (mains.length === 0) return;
  const { pid, id } = bed.random.pick(mains);
  bed.suspended.add(id);
  await freeze(bed, { name: id, pidOf: () => pid });
}

/** A stopped process handles a stop signal only after SIGCONT. */
async function stopFrozen(bed: FaultBed): Promise<void> {
  if (!bed.hasEngine()) await bed.up();
  const mains = bed.census().filter(({ part, id }) => part === 'main' && /^(?:count|quiet)-/.test(id));
  if (mains.length === 0) return;
  const { pid, id } = bed.random.pick(mains);
  if (!bed.goals.defined.some((subject) => subject.id === id)) return;
  bed.suspended.add(id);
  send(bed, id, pid, 'SIGSTOP');
  bed.goals.allow(id, 'stopped');
  const { code, stdout } = await bed.cli('stop', id);
  if (code === 0) bed.goals.expectOneOf(id, ['stopped']);
  if (stdout.includes('SIGKILL'))
    bed.problems.push(`"${id}", which was suspended, was not stopped gracefully: ${stdout}`);
}

/** While no engine runs, another process gets the pid of a program. */
async function reusePid(bed: FaultBed): Promise<void> {
  const mains = bed.census().filter(({ part }) => part === 'main');
  await killActors(bed, COLLECTOR, ENGINE);
  if (mains.length === 0) return;
  const { pid, id } = bed.random.pick(mains);
  send(bed, id, pid, 'SIGKILL');
  await waitFor(() => readProcStat(pid) === null, 'the pid to be free');
  bed.note(`pid ${pid} is given to another process: ${bed.bystanders.startAs(pid) ? 'done' : 'failed'}`);
}
