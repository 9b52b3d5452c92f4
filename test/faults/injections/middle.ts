import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FaultBed } from '../bed.ts';
import { anySubject, pause, type Step } from '../step.ts';
import { whileFull } from './full-disk.ts';
import { ACTORS, ENGINE, freeze, killActors, signalProgram, someOf, terminate } from './signals.ts';
import { withinRace } from './processes.ts';

/** A definition that is long enough that a few changes of it make the engine compact its state file. */
const LONG_ARGUMENTS = Array.from({ length: 8 }, () => 'x'.repeat(100_000));
const LONG_CHANGES = 8;

/** What may be interrupted. */
interface Activity {
  readonly name: string;
  /** Returns the file whose change shows that the activity is at its critical moment; without it, any moment is as good. */
  readonly shownBy?: (bed: FaultBed) => string;
  readonly run: (bed: FaultBed) => Promise<void>;
}

const ACTIVITIES: readonly Activity[] = [
  { name: 'up', run: (bed) => bed.up() },
  {
    name: 'a start of the engine',
    run: async (bed) => {
      await killActors(bed, ENGINE);
      await bed.up();
    },
  },
  { name: 'down', run: (bed) => bed.down() },
  { name: 'down --keep', run: (bed) => bed.run('down', '--keep') },
  { name: 'reload-config', run: reloadConfig },
  { name: 'restart all', run: (bed) => bed.goals.restartAll(() => bed.run('restart', 'all')) },
  { name: 'a compaction', shownBy: (bed) => `${bed.home.paths.stateFile}.new`, run: compact },
  { name: 'a rotation of a log', shownBy: rotatedLog, run: () => pause(1_000) },
];

const HITS: Readonly<Record<string, (bed: FaultBed) => Promise<void>>> = {
  'kill -9 some of healer': (bed) => killActors(bed, ...someOf(bed, ACTORS)),
  'kill -9 some of healer and a program': async (bed) => {
    signalProgram(bed);
    await killActors(bed, ...someOf(bed, ACTORS));
  },
  'SIGTERM to one of healer': (bed) => terminate(bed, bed.random.pick(ACTORS)),
  'freeze some of healer': (bed) => freeze(bed, ...someOf(bed, ACTORS)),
  'fill the disk': async (bed) => {
    if (bed.disk !== null) await whileFull(bed, () => pause(bed.random.int(50, 1_500)));
  },
};

/** Faults at the most sensitive moments. */
export const FAULTS_IN_THE_MIDDLE: readonly Step[] = ACTIVITIES.map((activity) => ({
  name: `a fault in the middle of ${activity.name}`,
  weight: 2,
  run: async (bed) => {
    const hit = bed.random.pick(Object.keys(HITS));
    const done = activity.run(bed);
    await criticalMoment(bed, activity, done);
    await withinRace(bed);
    bed.note(`${hit}, in the middle of ${activity.name}`);
    await HITS[hit]?.(bed);
    await done;
  },
}));

/** Resolves when the activity has begun, because a file has changed or a random time has passed, or when it is done. */
async function criticalMoment(bed: FaultBed, { shownBy }: Activity, done: Promise<void>): Promise<void> {
  if (shownBy === undefined) return Promise.race([pause(bed.random.int(0, 1_200)), done]);
  const file = shownBy(bed);
  let watcher: FSWatcher | undefined;
  const changed = new Promise<void>((resolve) => {
    try {
      // Only this folder: a recursive watch of all logs would take all of the driver's time.
      watcher = watch(dirname(file), (_, name) => {
        if (name?.startsWith(basename(file)) === true) resolve();
      });
      watcher.on('error', () => resolve());
    } catch {
      resolve();
    }
  });
  await Promise.race([changed, done]);
  watcher?.close();
}

/** Returns the file that a rotation of the log of some program creates. */
function rotatedLog(bed: FaultBed): string {
  const { id } = anySubject(bed, ({ role }) => ['counter', 'flood', 'long'].includes(role));
  return join(bed.home.paths.logsDir, id, 'current.log.1');
}

async function reloadConfig(bed: FaultBed): Promise<void> {
  for (let count = bed.random.int(1, 4); count > 0; count--) bed.sources.revise(anySubject(bed));
  bed.writeSources();
  await bed.cli('reload-config');
}

/** Changes a long definition until the state file is compacted. */
async function compact(bed: FaultBed): Promise<void> {
  const { id } = anySubject(bed, ({ role, instanceOf }) => role === 'quiet' && instanceOf === null);
  const answer = await bed.home
    .ask(async (api) => {
      for (let count = 0; count < LONG_CHANGES; count++) {
        const args = [String(count), ...LONG_ARGUMENTS];
        await api.update({ id, changes: { health: { check: { type: 'exec', command: 'true', args } } } });
      }
      await api.update({ id, changes: {}, unset: ['health'] });
    })
    .then(() => 'done', String);
  bed.note(`long definitions of ${id}: ${answer.slice(0, 200)}`);
}
