import { readdirSync } from 'node:fs';
import { within } from '../../src/base/within.ts';
import type { ProcessRow } from '../../src/protocol/snapshot.ts';
import { FaultBed } from './bed.ts';
import type { CensusEntry } from './census.ts';
import { Deck } from './deck.ts';
import { EventInvariants, readEvents } from './invariants/events.ts';
import { doubleProblems, exitProblems } from './invariants/exits.ts';
import { healerProblems, healerProcesses } from './invariants/healer-processes.ts';
import { LineInvariants, readPrintedLines } from './invariants/logs.ts';
import { mailProblems } from './invariants/mails.ts';
import { programProblems, settleGoals } from './invariants/programs.ts';
import { resourceProblems, timerProblems } from './invariants/resources.ts';
import { send } from './injections/signals.ts';
import { INJECTIONS } from './injections.ts';
import { obstacleTo } from './machine.ts';
import { describeMode, modeOf } from './mode.ts';
import { OPERATIONS } from './operations.ts';
import { pause, type Step } from './step.ts';
import { Random } from './random.ts';

export interface FaultRun {
  readonly seed: number;
  readonly minutes: number;
  /** Names of steps to skip, to find out which one causes a violation. */
  readonly without?: readonly string[];
}

export interface FaultReport {
  readonly mode: string;
  readonly rounds: number;
  readonly operations: number;
  readonly faults: number;
  /** The first violation; null if every check passed. */
  readonly violation: string | null;
  /** Faults that this machine cannot produce, each with the reason. */
  readonly impossible: readonly string[];
  readonly journal: readonly string[];
}

/** Those that compare what was recorded with what was recorded before. */
interface Invariants {
  readonly events: EventInvariants;
  readonly lines: LineInvariants;
}

const SETTLING_MS = 60_000;
/** How long records and output may be on their way after the programs are in their states. */
const RECORDING_MS = 10_000;
/** On a busy machine, a few checks take all the time. */
const RECORDING_TRIES = 8;
const UNLISTED_MS = 5_000;
/** How long the last round and the check at the end may take. */
export const OVERTIME_MS = 300_000;
/** How long the engine may take to list its programs, on a busy machine. */
const LIST_MS = 30_000;
const STEPS_A_ROUND = 6;
/** The share of steps before which an engine that has died is started again. */
const STARTED_AGAIN = 0.6;
/** How long the watcher may take to replace the engine, before it is started by command. */
const REPLACING_MS = 15_000;

/**
 * Runs random operations and faults against a real engine, and checks its guarantees after each round. The same seed
 * results in the same choices; the timing of the operating system is not repeatable.
 */
export async function driveFaults({ seed, minutes, without = [] }: FaultRun): Promise<FaultReport> {
  const mode = modeOf(seed);
  await using bed = await FaultBed.create({ random: new Random(seed), seed, minutes, mode });
  const invariants = { events: new EventInvariants(bed), lines: new LineInvariants(bed) };
  const deadline = performance.now() + minutes * 60_000;
  const isChosen = ({ name, needs }: Step): boolean =>
    !without.includes(name) && (needs === undefined || bed.canRun(needs));
  const decks = {
    operations: new Deck(bed.random, OPERATIONS.filter(isChosen)),
    faults: new Deck(bed.random, INJECTIONS.filter(isChosen)),
  };
  let rounds = 0;
  const runRounds = async (): Promise<string | null> => {
    await bed.up();
    while (performance.now() < deadline) {
      rounds += 1;
      bed.note(`round ${rounds}`);
      for (let count = bed.random.int(1, STEPS_A_ROUND); count > 0; count--) await runSteps(bed, decks);
      const violation = await checkQuietPoint(bed, invariants);
      if (violation !== null) return violation;
    }
    return checkEnd(bed);
  };
  // A step that gives up waiting is a violation too, and needs the journal.
  const ended = runRounds().catch((error: unknown) => `a step failed: ${String(error)}`);
  const violation = await within(
    minutes * 60_000 + OVERTIME_MS,
    ended,
    'the run did not end: see the last step in the journal',
  );
  if (violation !== null) bed.keepEvidence();
  return {
    mode: describeMode(mode),
    rounds,
    operations: decks.operations.dealt,
    faults: decks.faults.dealt,
    violation,
    impossible: impossibleFaults(),
    journal: bed.journal,
  };
}

function impossibleFaults(): readonly string[] {
  const needs = [...new Set(INJECTIONS.flatMap(({ needs: need }) => need ?? []))];
  return [...needs, 'small pid namespace' as const].flatMap((need) => {
    const obstacle = obstacleTo(need);
    return obstacle === null ? [] : [`faults that need ${need}: ${obstacle}`];
  });
}

interface Decks {
  readonly operations: Deck<Step>;
  readonly faults: Deck<Step>;
}

/** Runs an operation, a fault, or both at the same time. */
async function runSteps(bed: FaultBed, { operations, faults }: Decks): Promise<void> {
  // Otherwise most of what follows a kill of the engine would find none.
  if (bed.random.chance(STARTED_AGAIN) && !bed.hasEngine()) await bed.up();
  const isBoth = bed.random.chance(0.4);
  const decks = isBoth ? [operations, faults] : [bed.random.chance(0.5) ? operations : faults];
  await Promise.all(decks.map((deck) => runStep(bed, deck)));
}

async function runStep(bed: FaultBed, deck: Deck<Step>): Promise<void> {
  const step = deck.next();
  bed.note(`> ${step.name}`);
  await step.run(bed);
}

/** Waits until all programs are in their expected states, then checks everything else. Returns the problems found. */
async function checkQuietPoint(bed: FaultBed, invariants: Invariants): Promise<string | null> {
  const beganAt = performance.now();
  const deadline = beganAt + SETTLING_MS;
  if (bed.mustNameFiles) await bed.up();
  for (;;) {
    const rows = await readRows(bed);
    const problems = rows === null ? ['the engine does not respond'] : programProblems(bed, rows);
    if (rows !== null && problems.length === 0) {
      settleGoals(bed, rows);
      return checkRecords(bed, invariants);
    }
    if (performance.now() > deadline) return problems.join('\n');
    const isReplacing = bed.watcherPid() !== 0 && performance.now() < beganAt + REPLACING_MS;
    if (rows === null && !isReplacing) await bed.up();
    if (rows !== null) await resumeSuspended(bed, rows);
    if (rows !== null && performance.now() > beganAt + UNLISTED_MS) await removeUnlisted(bed, rows);
    await pause(100);
  }
}

/** An engine that was killed meanwhile could not resume them. */
async function resumeSuspended(bed: FaultBed, rows: ReadonlyMap<string, ProcessRow>): Promise<void> {
  for (const id of bed.suspended) if (rows.get(id)?.state === 'paused') await bed.cli('resume', id);
}

/** A program whose definition was removed while no engine was running is kept until a command removes it. */
async function removeUnlisted(bed: FaultBed, rows: ReadonlyMap<string, ProcessRow>): Promise<void> {
  for (const { id } of bed.goals.removed) if (rows.has(id)) await bed.cli('remove', id);
  if (!bed.isDamaged) return;
  // Without a record too, the engine reports it, leaves it alone, and names the command that ends it.
  const warnings = readEvents(bed.home.paths.healingLog).filter(({ kind }) => kind === 'config-invalid');
  const reported = new Set(warnings.map(({ data }) => data['pid']));
  for (const { id, pid, part } of bed.census()) {
    const isUnknown = part === 'main' && bed.goals.possible(id).join() === 'removed' && !rows.has(id);
    if (isUnknown && reported.has(pid)) send(bed, id, pid, 'SIGTERM');
  }
}

async function checkRecords(bed: FaultBed, { events, lines }: Invariants): Promise<string | null> {
  const deadline = performance.now() + RECORDING_MS;
  for (let tries = 1; ; tries++) {
    // What has happened by now must be recorded when the records are read.
    const census = bed.census();
    const printed = readPrintedLines(bed);
    const live = new Set(census.map(({ pid }) => pid));
    const problems = [
      ...(await eventProblems(bed, events, census)),
      ...bed.problems,
      ...lines.problems(printed, live),
      ...doubleProblems(bed),
      ...healerProblems(bed),
      ...bed.bystanders.problems(),
      ...mailProblems(bed),
      ...resourceProblems(bed),
    ];
    if (problems.length === 0) {
      bed.checked();
      return null;
    }
    if (performance.now() > deadline && tries >= RECORDING_TRIES) return problems.join('\n');
    await pause(300);
  }
}

/**
 * Crashers restart all the time, so counts are compared only if they did not change while the events were read, and if all of
 * these were written: for a moment after a full disk, the engine still holds some.
 */
async function eventProblems(
  bed: FaultBed,
  events: EventInvariants,
  census: readonly CensusEntry[],
): Promise<readonly string[]> {
  const before = (await readRows(bed)) ?? new Map<string, ProcessRow>();
  const isWritten = await writesEverything(bed);
  const recorded = events.read();
  const after = (await readRows(bed)) ?? new Map<string, ProcessRow>();
  const isSteady = ([id, { restarts }]: [string, ProcessRow]): boolean =>
    isWritten && after.get(id)?.restarts === restarts;
  return [...events.problems(recorded, census, new Map([...before].filter(isSteady))), ...exitProblems(bed, recorded)];
}

/** Returns whether the engine has written all that it has recorded. */
async function writesEverything(bed: FaultBed): Promise<boolean> {
  const status = within(
    LIST_MS,
    bed.home.ask((api) => api.status({})),
    null,
  ).catch(() => null);
  return (await status)?.degraded.length === 0;
}

async function readRows(bed: FaultBed): Promise<ReadonlyMap<string, ProcessRow> | null> {
  try {
    return await within(LIST_MS, bed.home.rows(), null);
  } catch {
    return null;
  }
}

/** Checks that no process and no file of a running engine is left after `down`. */
async function checkEnd(bed: FaultBed): Promise<string | null> {
  const timers = await timerProblems(bed);
  if (timers.length > 0) return timers.join('\n');
  const { code, stdout, stderr } = await bed.cli('down');
  if (code !== 0) return `down failed: ${stdout}${stderr}`;
  const deadline = performance.now() + 10_000;
  // The engine log is kept where it was written while the state folder was read-only.
  const leftFiles = (): readonly string[] =>
    readdirSync(bed.home.paths.runtimeDir).filter((name) => !name.endsWith('.engine.log'));
  const isLeft = (): boolean => bed.census().length > 0 || leftFiles().length > 0 || healerProcesses(bed).length > 0;
  while (isLeft() && performance.now() < deadline) await pause(50);
  const left = bed.census();
  if (left.length > 0) return `left after down: ${JSON.stringify(left)}`;
  const processes = healerProcesses(bed);
  if (processes.length > 0) return `left after down: ${processes.join(', ')}`;
  const files = leftFiles();
  return files.length === 0 ? null : `left in the runtime folder after down: ${files.join(', ')}`;
}
