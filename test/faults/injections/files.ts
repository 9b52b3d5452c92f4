import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FaultBed } from '../bed.ts';
import { lastEventOf } from '../invariants/events.ts';
import type { Step } from '../step.ts';
import { COLLECTOR, ENGINE, killActors } from './signals.ts';
import { removeFolder } from '../../support/remove-folder.ts';

/** Without the queue of alerts, those of the last minute may be repeated. */
const LOST_QUEUE_MS = 90_000;

type Damage = (bed: FaultBed, path: string) => void;

const DAMAGES: Readonly<Record<string, Damage>> = {
  truncate: (bed, path) => truncateSync(path, bed.random.int(0, sizeOf(path) - 1)),
  'truncate at a line': (bed, path) => {
    const bytes = readFileSync(path);
    const ends = [...bytes.keys()].filter((index) => bytes[index] === 0x0a);
    if (ends.length > 0) truncateSync(path, bed.random.pick(ends) + 1);
  },
  empty: (_, path) => truncateSync(path, 0),
  remove: (_, path) => rmSync(path),
  overwrite: (bed, path) => {
    const bytes = readFileSync(path);
    const start = bed.random.int(0, bytes.length - 1);
    bytes.fill('#', start, Math.min(bytes.length, start + 40));
    writeFileSync(path, bytes);
  },
  'fill with garbage': (bed, path) => {
    writeFileSync(path, Buffer.from(Array.from({ length: bed.random.int(1, 500) }, () => bed.random.int(0, 255))));
  },
  'make it of a newer version': (_, path) => replaceIn(path, /"version":\s*1\b/g, '"version":99'),
  'make it of the previous version': (_, path) => replaceIn(path, /,"(?:seq|lines)":\d+/g, ''),
};

const STATE_FILES = [
  'stateFile',
  'cooldownFile',
  'holdFile',
  'totalsFile',
  'healingLog',
  'alertsFile',
  'seqNote',
  'sourcesFile',
] as const;

/** Damage to the engine's files. */
export const FILE_FAULTS: readonly Step[] = [
  {
    name: 'damage a state file',
    weight: 3,
    isTargeted: true,
    run: async (bed) => {
      await killActors(bed, ENGINE);
      damage(bed, bed.home.paths[bed.random.weighted(WEIGHTED_FILES).file]);
    },
  },
  {
    name: 'damage any file of the state folder',
    weight: 2,
    run: async (bed) => {
      await killActors(bed, ENGINE, ...(bed.random.chance(0.5) ? [COLLECTOR] : []));
      const files = filesOf(bed);
      if (files.length > 0) damage(bed, bed.random.pick(files));
    },
  },
  {
    name: 'damage a state file of a running engine',
    weight: 1,
    run: async (bed) =>
      damage(bed, bed.home.paths[bed.random.pick(STATE_FILES)], ['remove', 'empty', 'fill with garbage']),
  },
  {
    name: 'remove the runtime folder',
    weight: 1,
    run: async (bed) => remove(bed, bed.home.paths.runtimeDir),
  },
  {
    name: 'remove the state folder',
    weight: 1,
    run: async (bed) => {
      stateLost(bed);
      remove(bed, bed.home.paths.stateDir);
    },
  },
  {
    name: 'remove both folders after a kill',
    weight: 1,
    run: async (bed) => {
      stateLost(bed);
      await killActors(bed, COLLECTOR, ENGINE);
      remove(bed, bed.home.paths.stateDir);
      remove(bed, bed.home.paths.runtimeDir);
      bed.numbersMayRestart = true;
    },
  },
];

const WEIGHTED_FILES = STATE_FILES.map((file) => ({ file, weight: file === 'stateFile' ? 6 : 1 }));

function damage(bed: FaultBed, path: string, ways: readonly string[] = Object.keys(DAMAGES)): void {
  if (sizeOf(path) === 0) return;
  const way = bed.random.pick(ways);
  bed.note(`${way}: ${path}`);
  stateLost(bed);
  bed.damagedFiles.add(path);
  const { stateFile, healingLog } = bed.home.paths;
  // Each of them alone keeps the numbers.
  if ([stateFile, healingLog].every((each) => bed.damagedFiles.has(each))) bed.numbersMayRestart = true;
  DAMAGES[way]?.(bed, path);
}

/** Records may be lost; what the engine reports about that is checked later. */
function stateLost(bed: FaultBed): void {
  bed.stateDamaged();
  bed.disturbed(LOST_QUEUE_MS);
  bed.mayLackEventsUpTo = Math.max(bed.mayLackEventsUpTo, lastEventOf(bed.home.paths.healingLog) + 50);
}

/** All files of the state folder except the logs of programs, in which lines are counted. */
function filesOf({ home: { paths } }: FaultBed): readonly string[] {
  return readdirSync(paths.stateDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(paths.stateDir, name))
    .filter((path) => !path.startsWith(paths.logsDir) && statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/** Another process may create files at this moment, which is not a failure of the step. */
function remove(bed: FaultBed, folder: string): void {
  bed.note(`remove ${folder}`);
  try {
    removeFolder(folder);
  } catch (error) {
    bed.note(`${String(error)} (${join(dirname(folder))})`);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function replaceIn(path: string, pattern: RegExp, by: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(pattern, by));
}
