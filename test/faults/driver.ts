import type { ProcessRow } from '../../src/protocol/snapshot.ts';
import { FaultBed } from './bed.ts';
import { History, programProblems, settleGoals } from './invariants.ts';
import { INJECTIONS } from './injections.ts';
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
  readonly journal: readonly string[];
}

const SETTLING_MS = 30_000;
const STEPS_A_ROUND = 6;

/**
 * Runs random operations and faults against a real engine, and checks its guarantees after each round. The same seed
 * results in the same choices; the timing of the operating system is not repeatable.
 */
export async function driveFaults({ seed, minutes, without = [] }: FaultRun): Promise<FaultReport> {
  await using bed = new FaultBed(new Random(seed), seed);
  const history = new History(bed);
  const deadline = performance.now() + minutes * 60_000;
  const [operations, injections] = [OPERATIONS, INJECTIONS].map((steps) =>
    steps.filter(({ name }) => !without.includes(name)),
  ) as [Step[], Step[]];
  let rounds = 0;
  let steps = 0;
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
    violation = await checkQuietPoint(bed, history);
  }
  violation ??= await checkEnd(bed);
  if (violation !== null) bed.keepEvidence();
  return { rounds, steps, violation, journal: bed.journal };
}

async function runStep(bed: FaultBed, steps: readonly Step[]): Promise<void> {
  const step = bed.random.weighted(steps);
  bed.note(`> ${step.name}`);
  await step.run(bed);
}

/** Waits until all programs are in their expected states, then checks logs and events. Returns the problems found. */
async function checkQuietPoint(bed: FaultBed, history: History): Promise<string | null> {
  const deadline = performance.now() + SETTLING_MS;
  for (;;) {
    const rows = await readRows(bed);
    const problems = rows === null ? ['the engine does not respond'] : programProblems(bed, rows);
    if (rows !== null && problems.length === 0) {
      settleGoals(bed, rows);
      // A process that was just started is visible before its event is written.
      let past = history.problems();
      if (past.length > 0) {
        await pause(300);
        past = history.problems();
      }
      bed.isDamaged = false;
      bed.collectorDiedToo = false;
      return past.length === 0 ? null : past.join('\n');
    }
    if (performance.now() > deadline) return problems.join('\n');
    if (rows === null) await bed.up();
    await pause(100);
  }
}

async function readRows(bed: FaultBed): Promise<ReadonlyMap<string, ProcessRow> | null> {
  try {
    return await bed.home.rows();
  } catch {
    return null;
  }
}

/** Checks that no process is left after `down`. */
async function checkEnd(bed: FaultBed): Promise<string | null> {
  const { code, stdout, stderr } = await bed.cli('down');
  if (code !== 0) return `down failed: ${stdout}${stderr}`;
  const deadline = performance.now() + 5_000;
  while (bed.census().length > 0 && performance.now() < deadline) await pause(50);
  const left = bed.census();
  return left.length === 0 ? null : `left after down: ${JSON.stringify(left)}`;
}
