import { isInstanceOf } from '../../base/instance-id.ts';
import { REGISTRY_ORIGIN } from '../../config/registry/registry-reading.ts';
import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import type { RunOutcome } from '../../policy/lifecycle/adoption.ts';
import { replay } from '../../policy/lifecycle/replay.ts';
import { type Moment, recallFuture, recallPast } from '../../policy/moment.ts';
import { type LifecycleState, type Program, type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { type ExitStatus, UNKNOWN_EXIT } from '../../protocol/run.ts';
import type { Clock } from '../core/clock.ts';
import { newProgram } from '../core/managed-program.ts';
import type { ProgramRun } from '../core/ports.ts';
import type { FoundMain, InstanceCensus, MarkedProcess } from '../os/instance-census.ts';
import { coreDumpField } from '../os/core-dumps.ts';
import { asDisabled, withoutDisable, withoutRun } from './changed-meanwhile.ts';
import { noteChange } from './changed-runs.ts';
import type { Inheritance } from './inheritance.ts';
import { fromRecord } from '../store/program-record.ts';
import type { StoredState } from '../store/state-store.ts';

/** How a run exited while no engine ran. The status is null if it is unknown. */
export interface UnseenExit {
  readonly status: ExitStatus | null;
  readonly atWall: number;
}

/** What the adoption of running processes needs. */
export interface AdoptionPorts {
  readonly isPaused: (target: ProgramRun) => boolean;
  /** Converts the start time of a process, in clock ticks since boot. */
  readonly momentOf: (startTicks: number) => Moment;
  /** The live processes of this instance, recorded or not. */
  readonly census: Pick<InstanceCensus, 'processes' | 'mainOf' | 'lastRunOf'>;
  /** Terminates processes, by SIGKILL after 1 s, and resolves once they have exited. */
  readonly endProcesses: (processes: readonly MarkedProcess[]) => Promise<void>;
  /** Collects the output of a run that no program claims. Returns the function that ends this once the run has exited. */
  readonly followUnclaimed: (spec: ProcessSpec, process: MarkedProcess) => () => void;
  /** Continues to collect the output of a run that is still alive. */
  readonly followAdopted: (spec: ProcessSpec, target: ProgramRun) => void;
}

/** What the boot needs from the operating system and the log collector. */
export interface BootPorts extends AdoptionPorts {
  readonly clock: Clock;
  readonly isAlive: (target: ProgramRun) => boolean;
  readonly hasLeftovers: (target: ProgramRun) => boolean;
  readonly exitOf: (target: ProgramRun) => UnseenExit;
  /** Collects the remaining output of a run that exited while no engine was running. */
  readonly recoverOutput: (spec: ProcessSpec, target: ProgramRun) => void;
  /** Returns the highest run of a program that the log collector knows, or 0. Its pipes may be in use under that number. */
  readonly lastFollowedRun: (id: string) => number;
  /** Whether the log collector of the previous engine is still alive: if so, it witnessed every exit, and nothing killed all. */
  readonly hasWitness: boolean;
}

/** A program of the previous engine with the outcome of its run. */
export interface Heir {
  readonly program: Program;
  readonly origin: string;
  readonly outcome: RunOutcome;
  readonly isNamed: boolean;
  /** Whether a command removed it while no engine ran, or it is neither defined nor running any more. */
  readonly isRemoved?: boolean;
  /** Whether an interrupted shutdown stopped it, or it was enabled while no engine ran. */
  readonly startsAgain?: boolean;
}

const LOST: RunOutcome = { kind: 'lost' };

/** Returns the programs that the previous engine recorded or left running. */
export function findHeirs(specs: readonly SourcedSpec[], inheritance: Inheritance, ports: BootPorts): readonly Heir[] {
  return specs.map((sourced) => inherit(sourced, inheritance, ports)).filter((heir) => heir !== null);
}

/**
 * Treats runs as lost rather than crashed if every recorded run exited, and so did the log collector: whatever killed the
 * engine also killed the programs, such as a container restart or the end of a session. The log collector may have recorded
 * some of these exits before it was killed as well.
 */
export function withoutBlame(heirs: readonly Heir[], { hasWitness }: BootPorts): readonly Heir[] {
  const isRun = (heir: Heir): boolean => heir.outcome.kind !== 'none' && !hasRecordedExit(heir.program);
  if (hasWitness || !diedTogether(heirs.filter(isRun))) return heirs;
  return heirs.map((heir) => (isRun(heir) && heir.outcome.kind === 'ended' ? { ...heir, outcome: LOST } : heir));
}

/** Returns whether the exit of the run was recorded before; only its leftover processes or its consequence are open. */
function hasRecordedExit({ state }: Program): boolean {
  return state.name === 'stopping' && state.exit !== null;
}

/** How far apart, in ms, processes die that are killed one after the other. */
const TOGETHER_MS = 5_000;
/** What ends a session, a container or the processes of a user. */
const ENDING_ALL: readonly (string | null)[] = ['SIGKILL', 'SIGTERM', 'SIGHUP'];

/** Returns whether every run ended without its exit being seen, or as one of several that were killed at the same time. */
function diedTogether(heirs: readonly Heir[]): boolean {
  const exits = heirs.flatMap(({ outcome }) => (outcome.kind === 'ended' && !outcome.leftovers ? [outcome.exit] : []));
  if (exits.length < heirs.length) return false;
  const seen = exits.filter(({ code, signal }) => code !== null || signal !== null);
  if (seen.length === 0) return true;
  const times = seen.map(({ atWall }) => atWall);
  const areKilled = seen.every(({ signal }) => ENDING_ALL.includes(signal));
  return heirs.length > 1 && areKilled && Math.max(...times) - Math.min(...times) < TOGETHER_MS;
}

/** Returns the program as the previous engine left it, or null if it starts from scratch. */
function inherit({ spec, origin }: SourcedSpec, inheritance: Inheritance, ports: BootPorts): Heir | null {
  const lastFollowed = ports.lastFollowedRun(spec.id);
  const last = lastKnown(inheritance.stored, spec, inheritance, ports.clock.now());
  const recorded = withRuns(recordedProgram(spec, last, inheritance, ports), lastFollowed);
  const found = inheritance.isSameBoot || recorded === null ? ports.census.mainOf(spec.id) : null;
  if (recorded !== null) {
    const startsAgain = spec.autostart && last?.state.name === 'disabled' && inheritance.enabled.has(spec.id);
    const outcome = outcomeOf(recorded, found, inheritance, ports);
    return { program: recorded, origin, outcome: noteChange(outcome, spec, inheritance), isNamed: true, startsAgain };
  }
  const lastRun = Math.max(ports.census.lastRunOf(spec.id), lastFollowed);
  const history = recordedRestarts(spec.id, inheritance, ports);
  if (!spec.enabled || (lastRun === 0 && history.length === 0)) return null;
  const fresh = newProgram(spec);
  // The state file was lost: the next run must not use the pipes of a run that is still alive, and the cooldown still counts.
  const program = { ...fresh, runs: lastRun, counters: { ...fresh.counters, history } };
  if (found === null) return { program, origin, outcome: LOST, isNamed: true };
  return { program, origin, outcome: alive(found, spec.id, ports), isNamed: true };
}

/** Returns the program such that its next run gets a number that was never used. */
function withRuns(program: Program | null, lastRun: number): Program | null {
  if (program === null || program.state.name === 'launching') return program;
  return { ...program, runs: Math.max(program.runs, lastRun) };
}

function recordedProgram(
  spec: ProcessSpec,
  last: Program | null,
  inheritance: Inheritance,
  { clock }: BootPorts,
): Program | null {
  const now = clock.now();
  const { cooldowns, isSameBoot } = inheritance;
  const keeps = last !== null && wasStarted(last) && (isSameBoot || outlivesReboot(last.state));
  const base = keeps ? withoutDisable(last, inheritance.enabled) : null;
  const cooldown = base !== null && isNewer(spec.id, inheritance) ? undefined : cooldowns.get(spec.id);
  if (!spec.enabled) return base === null ? null : asDisabled(base);
  const until = cooldown?.cooldownUntil ?? null;
  const isInCooldown = until !== null && Date.parse(until) > now.wall;
  if (cooldown === undefined || (base === null && !isInCooldown)) return base;
  const known = base ?? newProgram(spec);
  const history = recordedRestarts(spec.id, inheritance, { clock });
  const state: LifecycleState =
    isInCooldown && runOf(known.state) === null
      ? { name: 'cooldown', until: recallFuture(Date.parse(until), now, spec.restart.cooldown.durationMs) }
      : known.state;
  const why = state === known.state ? known.why : 'still in cooldown from before the engine restarted';
  return { ...known, state, why, counters: { ...known.counters, history } };
}

/** Returns whether the record of a program, or an event about it, is newer than what the cooldown file says about it. */
function isNewer(id: string, { stored, events, cooldownSeq }: Inheritance): boolean {
  if (cooldownSeq === null) return false;
  const seq = Math.max(stored.programs.get(id)?.seq ?? 0, events.get(id)?.at(-1)?.seq ?? 0);
  return seq > cooldownSeq;
}

/** Returns a program as its record and the events since then describe it, or null if there are neither. */
function lastKnown(
  stored: StoredState,
  spec: ProcessSpec,
  { events }: Pick<Inheritance, 'events'>,
  now: Moment,
): Program | null {
  const { program: record = null, seq = stored.lastSeq } = stored.programs.get(spec.id) ?? {};
  // Without a header, the events may be from another boot.
  if (record === null && stored.bootId === null) return null;
  const newer = (events.get(spec.id) ?? []).filter((event) => event.seq > seq);
  const removedAt = newer.findLastIndex(({ kind }) => kind === 'removed');
  const base = record === null || removedAt !== -1 ? newProgram(spec) : fromRecord(record, spec, now);
  const program = replay(base, newer.slice(removedAt + 1), now);
  return program === base && base.runs === 0 && record === null ? null : program;
}

/** Returns the restarts that count towards the cooldown, from the file that outlives the state file. */
function recordedRestarts(
  id: string,
  { cooldowns }: Inheritance,
  { clock }: Pick<BootPorts, 'clock'>,
): Program['counters']['history'] {
  const now = clock.now();
  const restarts = cooldowns.get(id)?.restarts ?? [];
  return restarts.map(({ at, cause }) => ({ at: recallPast(Date.parse(at), now), cause }));
}

/** An engine that was killed while it started its programs leaves some of them recorded but never started. */
function wasStarted({ state, runs }: Program): boolean {
  return runs > 0 || state.name !== 'stopped';
}

/** A disabled state and a cooldown survive a reboot; everything else starts from scratch. */
function outlivesReboot(state: LifecycleState): boolean {
  return state.name === 'disabled' || state.name === 'cooldown';
}

function outcomeOf(
  program: Program,
  found: FoundMain | null,
  { isSameBoot }: Inheritance,
  ports: BootPorts,
): RunOutcome {
  if (!isSameBoot) return { kind: 'none' };
  const { id } = program.spec;
  const run = runOf(program.state);
  // A newer run was recorded before its spawn, or could not be recorded because the disk was full.
  const lastKnown = run?.number ?? (program.state.name === 'launching' ? program.runs - 1 : program.runs);
  // During a reload, the newer run is not ready yet: the one that serves stays.
  const isServing =
    program.state.name === 'running' &&
    program.state.overlap !== undefined &&
    ports.isAlive({ id, run: program.state.run });
  if (found !== null && found.runNumber > lastKnown && !isServing) return alive(found, id, ports);
  if (run === null) return { kind: 'none' };
  const target = { id, run };
  // The wall clock may have been set since the start was recorded; the start time of the process does not change.
  const hasTicks = run.startTicks !== null && run.startTicks >= 0;
  const startedAt = hasTicks ? ports.momentOf(run.startTicks) : run.startedAt;
  if (ports.isAlive(target)) return { kind: 'alive', run: { ...run, startedAt }, paused: ports.isPaused(target) };
  // A run that is known only from its event: the mark confirms that the process is still the same.
  if (found !== null && found.runNumber === run.number && found.pid === run.pid) return alive(found, id, ports);
  const { status, atWall } = ports.exitOf(target);
  const ageMs = ports.clock.now().mono - startedAt.mono;
  const longestMs = hasTicks && ageMs > 0 ? ageMs : Infinity;
  const uptimeMs = Math.round(Math.max(0, Math.min(atWall - run.startedAt.wall, longestMs)));
  return {
    kind: 'ended',
    exit: {
      ...(status ?? UNKNOWN_EXIT),
      atWall,
      uptimeMs,
      ...coreDumpField(program.spec.cwd, run.pid, status, atWall),
    },
    leftovers: ports.hasLeftovers(target),
  };
}

/** Returns the outcome of a run whose main process was found. */
export function alive(
  { runNumber, pid, startTicks }: FoundMain,
  id: string,
  ports: Pick<AdoptionPorts, 'momentOf' | 'isPaused'>,
): RunOutcome & { readonly kind: 'alive' } {
  const run: Run = { pid, startTicks, number: runNumber, startedAt: ports.momentOf(startTicks), adopted: true };
  return { kind: 'alive', run, paused: ports.isPaused({ id, run }) };
}

/**
 * Returns the programs that no source defines any more. Those that a command removed while no engine ran, from the registry or
 * as an instance of another program, are stopped; others that are running are kept until an operator removes them, because a
 * missing or edited file is no reason to stop a program. Those that are not running are removed, once their last exit is
 * recorded and their remaining output is collected; without complete sources they may still be defined, and are left out.
 */
export function findUnnamedHeirs(
  specs: readonly SourcedSpec[],
  isComplete: boolean,
  inheritance: Inheritance,
  ports: BootPorts,
): Heir[] {
  if (!inheritance.isSameBoot) return [];
  const named = new Set(specs.map(({ spec }) => spec.id));
  const isScaledDown = (id: string): boolean => specs.some(({ spec }) => isSibling(id, spec));
  return [...inheritance.stored.programs].flatMap(([id, { spec, origin, program: record }]) => {
    if (named.has(id) || record === null) return [];
    const program = lastKnown(inheritance.stored, spec, inheritance, ports.clock.now());
    if (program === null) return [];
    const outcome = outcomeOf(program, ports.census.mainOf(id), inheritance, ports);
    const isAlive = outcome.kind === 'alive';
    if (!isAlive && !isComplete) return [];
    const isRemoved = !isAlive || origin === REGISTRY_ORIGIN || isScaledDown(id);
    const known = isAlive ? program : withoutRun(program, 'stopped', { kind: 'remove' });
    return [{ program: known, origin: origin ?? 'the previous engine', outcome, isNamed: false, isRemoved }];
  });
}

/** Returns whether a program and a defined one are instances of the same program. */
function isSibling(id: string, { id: other, env }: ProcessSpec): boolean {
  const index = env['HEALER_INSTANCE'];
  return index !== undefined && other.endsWith(`-${index}`) && isInstanceOf(id, other.slice(0, -index.length - 1));
}
