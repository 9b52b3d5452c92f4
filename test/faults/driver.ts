import { readdirSync } from 'node:fs';
import type { ProcessRow } from '../../src/protocol/snapshot.ts';
import { FaultBed } from './bed.ts';
import { EventInvariants } from './invariants/events.ts';
import { lineProblems } from './invariants/logs.ts';
import { mailProblems } from './invariants/mails.ts';
import { programProblems, settleGoals } from './invariants/programs.ts';
import { resourceProblems } from './invariants/resources.ts';
import { INJECTIONS } from './injections.ts';
import { obstacleTo } from './machine.ts';
import { OPERATIONS, pause, type Step } from './operations.ts';
import { Random } from './random.ts';

export interface FaultRun {
  readonly seed: number;
  readonly minutes: number;
  /** Names of steps to skip, to find out which one causes a violation. */
  readonly without?: readonly string[];
}

export interface FaultReport {
  readonly rounds: number;
  readonly steps: number;
  /** The first violation; null if every check passed. */
  readonly violation: string | null;
  /** Faults that this machine cannot produce, each with the reason. */
  readonly impossible: readonly string[];
  readonly journal: readonly string[];
}

const SETTLING_MS = 60_000;
/** How long records and output may be on their way after the programs are in their states. */
const RECORDING_MS = 10_000;
const UNLISTED_MS = 5_000;
const STEPS_A_ROUND = 6;
/** One of so many seeds runs the engine on a fake clock. */
const FAKE_CLOCK_SEEDS = 3;

/**
 * Runs random operations and faults against a real engine, and checks its guarantees after each round. The same seed
 * results in the same choices; the timing of the operating system is not repeatable.
 */
export async function driveFaults({ seed, minutes, without = [] }: FaultRun): Promise<FaultReport> {
  const hasFakeClock = seed % FAKE_CLOCK_SEEDS === 0 && obstacleTo('fake clock') === null;
  await using bed = await FaultBed.create({ random: new Random(seed), seed, hasFakeClock });
  const events = new EventInvariants(bed);
  const deadline = performance.now() + minutes * 60_000;
  const isChosen = ({ name, needs }: Step): boolean =>
    !without.includes(name) && (needs === undefined || bed.canRun(needs));
  const operations = OPERATIONS.filter(isChosen);
  const injections = INJECTIONS.filter(isChosen);
  let [rounds, steps] = [0, 0];
  let violation: string | null = null;
  await bed.up();
  while (violation === null && performance.now() < deadline) {
    rounds += 1;
    bed.note(`round ${rounds}`);
    for (let count = bed.random.int(1, STEPS_A_ROUND); count > 0; count--) {
      steps += 1;
      await Promise.all(
        bed.random.chance(0.4)
          ? [runStep(bed, operations), runStep(bed, injections)]
          : [runStep(bed, bed.random.chance(0.5) ? operations : injections)],
      );
    }
    violation = await checkQuietPoint(bed, events);
  }
  violation ??= await checkEnd(bed);
  if (violation !== null) bed.keepEvidence();
  return { rounds, steps, violation, impossible: impossibleFaults(), journal: bed.journal };
}

function impossibleFaults(): readonly string[] {
  const needs = [...new Set(INJECTIONS.flatMap(({ needs: need }) => need ?? []))];
  return [...needs, 'small pid namespace' as const].flatMap((need) => {
    const obstacle = obstacleTo(need);
    return obstacle === null ? [] : [`faults that need ${need}: ${obstacle}`];
  });
}

async function runStep(bed: FaultBed, steps: readonly Step[]): Promise<void> {
  const step = bed.random.weighted(steps);
  bed.note(`> ${step.name}`);
  await step.run(bed);
}

/** Waits until all programs are in their expected states, then checks everything else. Returns the problems found. */
async function checkQuietPoint(bed: FaultBed, events: EventInvariants): Promise<string | null> {
  const deadline = performance.now() + SETTLING_MS;
  for (;;) {
    const rows = await readRows(bed);
    const problems = rows === null ? ['the engine does not respond'] : programProblems(bed, rows);
    if (rows !== null && problems.length === 0) {
      settleGoals(bed, rows);
      return checkRecords(bed, events);
    }
    if (performance.now() > deadline) return problems.join('\n');
    if (rows === null) await bed.up();
    else if (performance.now() > deadline - SETTLING_MS + UNLISTED_MS) await removeUnlisted(bed, rows);
    await pause(100);
  }
}

/** A program whose definition was removed while no engine was running is kept until a command removes it. */
async function removeUnlisted(bed: FaultBed, rows: ReadonlyMap<string, ProcessRow>): Promise<void> {
  for (const [id, goal] of bed.goals) if (goal === 'removed' && rows.has(id)) await bed.cli('remove', id);
}

async function checkRecords(bed: FaultBed, events: EventInvariants): Promise<string | null> {
  const deadline = performance.now() + RECORDING_MS;
  for (;;) {
    const live = new Set(bed.census().map(({ pid }) => pid));
    const problems = [
      ...(await eventProblems(bed, events)),
      ...bed.problems,
      ...lineProblems(bed, live),
      ...bed.bystanderProblems(),
      ...mailProblems(bed),
      ...resourceProblems(bed),
    ];
    if (problems.length === 0) {
      bed.isDamaged = false;
      return null;
    }
    if (performance.now() > deadline) return problems.join('\n');
    await pause(300);
  }
}

/** Crashers restart all the time, so counts are compared only if they did not change while the events were read. */
async function eventProblems(bed: FaultBed, events: EventInvariants): Promise<readonly string[]> {
  const before = (await readRows(bed)) ?? new Map<string, ProcessRow>();
  const recorded = events.read();
  const after = (await readRows(bed)) ?? new Map<string, ProcessRow>();
  const isSteady = ([id, { restarts }]: [string, ProcessRow]): boolean => after.get(id)?.restarts === restarts;
  return events.problems(recorded, new Map([...before].filter(isSteady)));
}

async function readRows(bed: FaultBed): Promise<ReadonlyMap<string, ProcessRow> | null> {
  try {
    return await bed.home.rows();
  } catch {
    return null;
  }
}

/** Checks that no process and no file of a running engine is left after `down`. */
async function checkEnd(bed: FaultBed): Promise<string | null> {
  const { code, stdout, stderr } = await bed.cli('down');
  if (code !== 0) return `down failed: ${stdout}${stderr}`;
  const deadline = performance.now() + 10_000;
  // The engine log is kept where it was written while the state folder was read-only.
  const leftFiles = (): readonly string[] =>
    readdirSync(bed.home.paths.runtimeDir).filter((name) => !name.endsWith('.engine.log'));
  const isLeft = (): boolean => bed.census().length > 0 || leftFiles().length > 0;
  while (isLeft() && performance.now() < deadline) await pause(50);
  const left = bed.census();
  if (left.length > 0) return `left after down: ${JSON.stringify(left)}`;
  const files = leftFiles();
  return files.length === 0 ? null : `left in the runtime folder after down: ${files.join(', ')}`;
}
