import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import type { RunOutcome } from '../../policy/lifecycle/adoption.ts';
import { type Moment, recallFuture, recallPast } from '../../policy/moment.ts';
import { type LifecycleState, type Program, type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { type ExitStatus, UNKNOWN_EXIT } from '../../protocol/run.ts';
import type { Clock } from '../core/clock.ts';
import { newProgram } from '../core/managed-program.ts';
import type { ProgramRun } from '../core/ports.ts';
import type { FoundMain, InstanceCensus, MarkedProcess } from '../os/instance-census.ts';
import type { CooldownEntry } from '../store/cooldown-file.ts';
import { fromRecord, type ProgramRecord } from '../store/program-record.ts';
import type { StoredState } from '../store/state-store.ts';

/** How a run ended that no engine saw. Null where nobody could tell. */
export interface UnseenExit {
  readonly status: ExitStatus | null;
  readonly atWall: number;
}

/** What boot has to find out about the world. */
export interface BootPorts {
  readonly clock: Clock;
  readonly isAlive: (target: ProgramRun) => boolean;
  readonly isPaused: (target: ProgramRun) => boolean;
  readonly hasLeftovers: (target: ProgramRun) => boolean;
  readonly exitOf: (target: ProgramRun) => UnseenExit;
  /** When a process with this start time was started. */
  readonly momentOf: (startTicks: number) => Moment;
  /** What lives of this instance, whatever was recorded. */
  readonly census: Pick<InstanceCensus, 'processes' | 'mainOf' | 'lastRunOf'>;
  /** Ends processes and resolves once they are gone: gracefully at first, by force after a second. */
  readonly endProcesses: (processes: readonly MarkedProcess[]) => Promise<void>;
  /** Whether the log collector of the previous engine is still alive: if so, it witnessed every exit. */
  readonly hasWitness: boolean;
}

export interface Inheritance {
  readonly stored: StoredState;
  readonly cooldowns: ReadonlyMap<string, CooldownEntry>;
  /** False after a reboot: no process of the earlier boot can be alive, and its pids mean nothing. */
  readonly isSameBoot: boolean;
  /** Programs that were enabled by name: for them the state of an earlier engine has no say in it. */
  readonly enabled: ReadonlySet<string>;
}

/** A program of the previous engine, and what became of its run. */
export interface Heir {
  readonly program: Program;
  readonly origin: string;
  readonly outcome: RunOutcome;
  readonly isNamed: boolean;
}

const LOST: RunOutcome = { kind: 'lost' };

/** Returns the programs of which something is known from before, whether recorded or found alive. */
export function findHeirs(specs: readonly SourcedSpec[], inheritance: Inheritance, ports: BootPorts): readonly Heir[] {
  return specs.map((sourced) => inherit(sourced, inheritance, ports)).filter((heir) => heir !== null);
}

/**
 * When every recorded run died without a witness, what took the engine and its log collector took the programs too: a
 * container that was restarted, a session that was killed. No program is to blame then.
 */
export function withoutBlame(heirs: readonly Heir[], { hasWitness }: BootPorts): readonly Heir[] {
  const runs = heirs.filter(({ outcome }) => outcome.kind !== 'none');
  if (hasWitness || !runs.every(diedUnseen)) return heirs;
  return heirs.map((heir) => (heir.outcome.kind === 'ended' ? { ...heir, outcome: LOST } : heir));
}

function diedUnseen({ outcome }: Heir): boolean {
  if (outcome.kind !== 'ended' || outcome.leftovers) return false;
  return outcome.exit.code === null && outcome.exit.signal === null;
}

/** Returns the program as it was left, or null when it begins afresh. */
function inherit({ spec, origin }: SourcedSpec, inheritance: Inheritance, ports: BootPorts): Heir | null {
  const recorded = recordedProgram(spec, inheritance, ports);
  const found = inheritance.isSameBoot || recorded === null ? ports.census.mainOf(spec.id) : null;
  if (recorded !== null)
    return { program: recorded, origin, outcome: outcomeOf(recorded, found, inheritance, ports), isNamed: true };
  const lastRun = ports.census.lastRunOf(spec.id);
  if (lastRun === 0) return null;
  // The next run must not get the pipes of one that lives.
  const program = { ...newProgram(spec), runs: lastRun };
  if (found === null || !spec.enabled) return spec.enabled ? { program, origin, outcome: LOST, isNamed: true } : null;
  return { program, origin, outcome: alive(found, spec.id, ports), isNamed: true };
}

function recordedProgram(spec: ProcessSpec, inheritance: Inheritance, { clock }: BootPorts): Program | null {
  const now = clock.now();
  const { stored, cooldowns, isSameBoot } = inheritance;
  const record = stored.programs.get(spec.id)?.program ?? null;
  const cooldown = cooldowns.get(spec.id);
  const isOverruled = record?.state.name === 'disabled' && inheritance.enabled.has(spec.id);
  const keeps = record !== null && !isOverruled && wasStarted(record) && (isSameBoot || outlivesReboot(record.state));
  const base = keeps ? fromRecord(record, spec, now) : null;
  if (!spec.enabled) return base === null || runOf(base.state) !== null ? base : asDisabled(base);
  const until = cooldown?.cooldownUntil ?? null;
  const rests = until !== null && Date.parse(until) > now.wall;
  if (cooldown === undefined || (base === null && !rests)) return base;
  const known = base ?? newProgram(spec);
  const history = cooldown.restarts.map(({ at, cause }) => ({ at: recallPast(Date.parse(at), now), cause }));
  const state: LifecycleState =
    rests && runOf(known.state) === null
      ? { name: 'cooldown', until: recallFuture(Date.parse(until), now, spec.restart.cooldown.durationMs) }
      : known.state;
  const why = state === known.state ? known.why : 'still in cooldown from before the engine restarted';
  return { ...known, state, why, counters: { ...known.counters, history } };
}

/** Its counts and its last exit stay, however it came to be disabled. */
function asDisabled(program: Program): Program {
  if (program.state.name === 'disabled') return program;
  return { ...program, state: { name: 'disabled' }, why: newProgram(program.spec).why };
}

/** An engine that died while it was starting its programs leaves some that it did not come to. */
function wasStarted({ state, runs }: ProgramRecord): boolean {
  return runs > 0 || state.name !== 'stopped';
}

/** What an operator decided stays decided; everything else begins afresh on a new boot. */
function outlivesReboot(state: ProgramRecord['state']): boolean {
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
  // A start that was recorded before the spawn, or one that a full disk kept from being recorded.
  const lastKnown = run?.number ?? (program.state.name === 'launching' ? program.runs - 1 : program.runs);
  if (found !== null && found.runNumber > lastKnown) return alive(found, id, ports);
  if (run === null) return { kind: 'none' };
  const target = { id, run };
  if (ports.isAlive(target)) return { kind: 'alive', run, paused: ports.isPaused(target) };
  const { status, atWall } = ports.exitOf(target);
  const uptimeMs = Math.max(0, atWall - run.startedAt.wall);
  return {
    kind: 'ended',
    exit: { ...(status ?? UNKNOWN_EXIT), atWall, uptimeMs },
    leftovers: ports.hasLeftovers(target),
  };
}

function alive({ runNumber, pid, startTicks }: FoundMain, id: string, ports: BootPorts): RunOutcome {
  const run: Run = { pid, startTicks, number: runNumber, startedAt: ports.momentOf(startTicks), adopted: true };
  return { kind: 'alive', run, paused: ports.isPaused({ id, run }) };
}

/** Programs that the sources stopped naming while no engine ran: their survivors are removed as an edit would remove them. */
export function findUnnamedHeirs(specs: readonly SourcedSpec[], inheritance: Inheritance, ports: BootPorts): Heir[] {
  if (!inheritance.isSameBoot) return [];
  const named = new Set(specs.map(({ spec }) => spec.id));
  return [...inheritance.stored.programs].flatMap(([id, { spec, program: record }]) => {
    if (named.has(id) || record === null) return [];
    const program = fromRecord(record, spec, ports.clock.now());
    const outcome = outcomeOf(program, ports.census.mainOf(id), inheritance, ports);
    return outcome.kind === 'alive' ? [{ program, origin: 'the previous engine', outcome, isNamed: false }] : [];
  });
}
