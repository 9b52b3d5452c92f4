import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../../src/base/process-liveness.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { FaultBed } from '../bed.ts';
import { lastEventOf, readEvents } from '../invariants/events.ts';
import { anyRunning, anySubject, pause, type Step } from '../step.ts';
import { checkRemembered, countedRestarts } from './remembered-restarts.ts';
import { withinRace } from './processes.ts';
import { ACTORS, ENGINE, killActors, killTogether, someOf } from './signals.ts';
import { slowWrites } from './slow-writes.ts';

/** How long the engine takes for a write that is delayed. */
const WRITE_MS = 40;
/** How long a program may take to start again. */
const STARTED_MS = 8_000;
/** How long two restarts in a crash loop may take, unless a cooldown prevents them. */
const RESTARTED_MS = 4_000;

/** Kills of the engine at the moments at which a mistake in the order of its actions would show. */
export const STRIKES: readonly Step[] = [
  { name: 'kill -9 the engine as a program starts', weight: 4, isTargeted: true, run: strikeAtStart },
  { name: 'kill -9 the engine as a command starts a program', weight: 4, isTargeted: true, run: strikeAtCommand },
  {
    name: 'kill -9 the engine while it records',
    weight: 4,
    isTargeted: true,
    needs: 'slow writes',
    run: killWhileRecording,
  },
  { name: 'kill -9 the engine in a crash loop', weight: 4, isTargeted: true, run: killInCrashLoop },
];

/** The first of several programs that are restarted together kills the engine. */
async function strikeAtStart(bed: FaultBed): Promise<void> {
  await strike(bed, (order) => {
    killTogether(bed, bed.random.int(2, 8), order);
    return Promise.resolve();
  });
}

async function strikeAtCommand(bed: FaultBed): Promise<void> {
  await strike(bed, async (order) => {
    const subject = anyRunning(bed, ({ isSteady }) => isSteady);
    if (subject === null) return;
    const { id } = subject;
    order([id]);
    await bed.cli('restart', id);
  });
}

/** Lets the next start of one of these programs kill the engine. */
type Order = (ids: readonly string[]) => void;

/** The first act of a program that starts is to kill the engine, whose writes are slow where possible. */
async function strike(bed: FaultBed, start: (order: Order) => Promise<void>): Promise<void> {
  if (!bed.hasEngine()) await bed.up();
  const engine = bed.enginePid();
  const endDelay = bed.canRun('slow writes') ? slowWrites(bed, WRITE_MS) : null;
  if (endDelay !== null) await pause(bed.random.int(100, 200));
  const file = join(bed.countsDir, 'strike');
  bed.disturbed();
  await start((ids) => {
    bed.note(`the first of these that starts kills the engine (${engine}): ${ids.join(', ')}`);
    writeFileSync(file, `${engine} ${ids.join(' ')}`);
  });
  await waitFor(() => !existsSync(file) && !isAlive(engine), 'a program to start', STARTED_MS).catch(() =>
    bed.note('no program started'),
  );
  rmSync(file, { force: true });
  bed.disturbed();
  await endDelay?.();
}

/** The engine dies before, between or after the writes that follow from the deaths of programs. */
async function killWhileRecording(bed: FaultBed): Promise<void> {
  if (!bed.hasEngine()) await bed.up();
  const endDelay = slowWrites(bed, WRITE_MS);
  await pause(bed.random.int(50, 150));
  killTogether(bed, bed.random.int(1, 4));
  await pause(bed.random.int(0, 8 * WRITE_MS));
  await withinRace(bed);
  await killActors(bed, ...new Set([ENGINE, ...(bed.random.chance(0.3) ? someOf(bed, ACTORS) : [])]));
  await endDelay();
}

/** Several engines share the restarts of one program, which must not be more than those of one engine. */
async function killInCrashLoop(bed: FaultBed): Promise<void> {
  if (!bed.hasEngine()) await bed.up();
  // One that crashes so quickly that a single engine restarts it as often as allowed within two seconds.
  const quick = bed.goals.defined.find(({ role, argument }) => role === 'crasher' && argument < 1);
  const { id } = quick ?? anySubject(bed, ({ role }) => role === 'crasher');
  if (bed.goals.possible(id).join() === 'up') await bed.cli('restart', id);
  for (let count = bed.random.int(2, 3); count > 0; count--) {
    await restartedAgain(bed, id);
    const expected = countedRestarts(bed, id);
    const killedAt = Date.now();
    await killActors(bed, ENGINE);
    const isUp = bed.up();
    await checkRemembered(bed, { id, expected, killedAt });
    await isUp;
  }
}

/** Waits until the current engine has restarted the program twice, so that a few engines exceed what one of them may do. */
async function restartedAgain({ home: { paths } }: FaultBed, id: string): Promise<void> {
  const since = lastEventOf(paths.healingLog);
  const isRestart = ({ seq, kind, process }: EngineEvent): boolean =>
    seq > since && kind === 'restarted' && process === id;
  await waitFor(() => readEvents(paths.healingLog).filter(isRestart).length > 1, 'two restarts', RESTARTED_MS).catch(
    () => undefined,
  );
}
