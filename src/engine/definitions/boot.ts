import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import { type RunOutcome, recall } from '../../policy/lifecycle/adoption.ts';
import { startOrder } from '../../policy/lifecycle/dependencies.ts';
import { recallFuture, recallPast } from '../../policy/moment.ts';
import { type LifecycleState, type Program, type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { type ExitStatus, UNKNOWN_EXIT } from '../../protocol/run.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import { newProgram } from '../core/managed-program.ts';
import type { ProgramRun } from '../core/ports.ts';
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
  /** The process of a start that its engine did not live to write down. */
  readonly findLaunched: (id: string, runNumber: number) => ProcessIdentity | null;
}

export interface Inheritance {
  readonly stored: StoredState;
  readonly cooldowns: ReadonlyMap<string, CooldownEntry>;
  /** False after a reboot: no process of the earlier boot can be alive, and its pids mean nothing. */
  readonly isSameBoot: boolean;
  /** Programs that were enabled by name: for them the state of an earlier engine has no say in it. */
  readonly enabled: ReadonlySet<string>;
}

/** Starts of one turn: enough to be quick, few enough that a client is answered in between. */
const STARTS_PER_TURN = 25;

export interface BootOptions {
  readonly engine: Engine;
  readonly specs: readonly SourcedSpec[];
  /** False when some source could not be read in full: a program that is missing from it may still be defined. */
  readonly isComplete: boolean;
  readonly inheritance: Inheritance;
  readonly ports: BootPorts;
}

/**
 * Adopts what the previous engine left running, then starts the programs. Running programs that no source defines any more
 * are removed.
 */
export async function boot(options: BootOptions): Promise<void> {
  const { engine, specs, inheritance, ports } = options;
  const toStart: string[] = [];
  for (const { spec, origin } of dependenciesFirst(specs)) {
    const program = inherit(spec, inheritance, ports);
    if (program === null) {
      engine.add(newProgram(spec), origin);
      if (spec.enabled && spec.autostart) toStart.push(spec.id);
    } else adopt(program, origin, options);
  }
  adoptUndefined(options);
  for (let start = 0; start < toStart.length && !engine.isGoingDown; start += STARTS_PER_TURN) {
    const batch = toStart.slice(start, start + STARTS_PER_TURN);
    engine.postAll(batch.map((id) => ({ id, fact: { kind: 'startAsked', by: 'boot' } })));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function dependenciesFirst(specs: readonly SourcedSpec[]): SourcedSpec[] {
  const byId = new Map(specs.map((sourced) => [sourced.spec.id, sourced]));
  return startOrder(specs.map(({ spec }) => spec)).flatMap((id) => byId.get(id) ?? []);
}

/** The program as it was left, or null when it is to begin afresh. */
function inherit(spec: ProcessSpec, inheritance: Inheritance, { clock }: BootPorts): Program | null {
  const now = clock.now();
  const { stored, cooldowns, isSameBoot } = inheritance;
  const record = stored.programs.get(spec.id)?.program ?? null;
  const cooldown = cooldowns.get(spec.id);
  const isOverruled = record?.state.name === 'disabled' && inheritance.enabled.has(spec.id);
  const keeps = record !== null && !isOverruled && wasStarted(record) && (isSameBoot || outlivesReboot(record.state));
  const base = keeps ? fromRecord(record, spec, now) : null;
  if (!spec.enabled) return base !== null && runOf(base.state) !== null ? base : null;
  const until = cooldown?.cooldownUntil ?? null;
  const rests = until !== null && Date.parse(until) > now.wall;
  if (cooldown === undefined || (base === null && !rests)) return base;
  const known = base ?? newProgram(spec);
  const history = cooldown.restarts.map(({ at, cause }) => ({ at: recallPast(Date.parse(at), now), cause }));
  const state: LifecycleState =
    rests && runOf(known.state) === null
      ? { name: 'cooldown', until: recallFuture(Date.parse(until), now, spec.restart.cooldown.durationMs) }
      : known.state;
  const why = state === known.state ? known.why : 'restarted too often; the rest goes on under this engine';
  return { ...known, state, why, counters: { ...known.counters, history } };
}

/** An engine that died while it was starting its programs leaves some that it did not come to. */
function wasStarted({ state, runs }: ProgramRecord): boolean {
  return runs > 0 || state.name !== 'stopped';
}

/** What an operator decided stays decided; everything else begins afresh on a new boot. */
function outlivesReboot(state: ProgramRecord['state']): boolean {
  return state.name === 'disabled' || state.name === 'cooldown';
}

function adopt(program: Program, origin: string, { engine, inheritance, ports }: BootOptions): void {
  const outcome = inheritance.isSameBoot ? outcomeOf(program, ports) : ({ kind: 'none' } as const);
  engine.addDecided(recall(program, outcome, engine.circumstancesOf(program.spec)), origin);
}

function outcomeOf(program: Program, ports: BootPorts): RunOutcome {
  const { id } = program.spec;
  const run = runOf(program.state);
  if (run === null) return program.state.name === 'launching' ? outcomeOfLaunch(program, ports) : { kind: 'none' };
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

function outcomeOfLaunch(program: Program, ports: BootPorts): RunOutcome {
  const found = ports.findLaunched(program.spec.id, program.runs);
  if (found === null) return { kind: 'none' };
  const run: Run = { ...found, number: program.runs, startedAt: ports.clock.now(), adopted: true };
  return { kind: 'alive', run, paused: false };
}

/** Programs that were removed from the sources while no engine ran are adopted too, and stopped as a removal would. */
function adoptUndefined(options: BootOptions): void {
  const { engine, isComplete, inheritance, ports } = options;
  if (!inheritance.isSameBoot) return;
  for (const [id, { spec, program: record }] of inheritance.stored.programs) {
    if (engine.programs.has(id) || record === null) continue;
    const program = fromRecord(record, spec, ports.clock.now());
    const run = runOf(program.state);
    if (run === null || !ports.isAlive({ id, run })) continue;
    adopt(program, 'the previous engine', options);
    if (isComplete) engine.post(id, { kind: 'removeAsked' });
  }
}
