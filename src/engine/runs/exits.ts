import { isSameProcess, type ProcessIdentity } from '../../base/process-identity.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import { isSearching, isUp, type Run, runOf, runsOf } from '../../policy/lifecycle/state.ts';
import { type ExitStatus, runKey } from '../../protocol/run.ts';
import type { UnseenExit } from '../definitions/heirs.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { WitnessedExit } from '../logs/files/log-transport.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import { Watchers } from '../core/watchers.ts';
import type { ChildExits } from '../os/launcher.ts';
import type { ProgramRun } from '../core/ports.ts';
import type { DisplayCheck } from './display-check.ts';
import type { ProgramRunner } from './program-runner.ts';

/** A run whose main process has exited. */
export interface RunEnded {
  readonly id: string;
  readonly run: Run;
  /** CPU time of the process and of the descendants that their parents reaped; undefined if unknown. */
  readonly cpuSeconds: number | undefined;
}

type ExitSource = Pick<ProgramRunner, 'onExits' | 'exitFact'>;
type ExitFact = FactOf<'exited'>;

/** Turns exits of programs into facts, whether the kernel, the log collector or a sample noticed them. */
export class Exits {
  /** The main process of a run has exited. Called after the exit was handled, so that a restart does not wait for it. */
  readonly onRunEnded = new Watchers<[RunEnded]>();
  readonly #engine: Engine;
  readonly #runner: ExitSource;
  readonly #clock: Clock;

  readonly #display: Pick<DisplayCheck, 'examine'>;
  /** Main processes whose exit is not posted yet. */
  readonly #examined = new Set<string>();

  constructor(engine: Engine, runner: ExitSource, clock: Clock, display: Pick<DisplayCheck, 'examine'>) {
    this.#engine = engine;
    this.#display = display;
    this.#runner = runner;
    this.#clock = clock;
    runner.onExits.add((exits) => this.#onChildren(exits));
  }

  /** Handles exits of this engine's children, all that the kernel reported at once. */
  #onChildren(exits: Parameters<ChildExits>[0]): void {
    const atWall = this.#clock.now().wall;
    const ended: RunEnded[] = [];
    this.#engine.postAll(
      exits.flatMap(({ pid, status, cpuSeconds }) => {
        const entry = this.#engine.findByPid(pid);
        const run = entry === undefined ? undefined : runWithPid(entry, pid);
        if (entry === undefined || run === undefined) return [];
        ended.push({ id: entry.id, run, cpuSeconds });
        const fact = this.#factOf(entry, { pid, startTicks: null }, status, atWall);
        return fact === null ? [] : [{ id: entry.id, fact }];
      }),
    );
    for (const each of ended) this.onRunEnded.emit(each);
  }

  /** Handles an exit that the log collector noticed, of a program that is not a child of this engine. */
  onWitnessed({ id, run, pid, status, cpuSeconds, atWall }: WitnessedExit): void {
    const entry = this.#engine.programs.get(id);
    const current = entry === undefined ? null : runOf(entry.program.state);
    // The kernel reports the exits of our own children itself, and in more detail.
    const isAdopted = current?.adopted === true && current.number === run;
    if (entry === undefined || !isAdopted) return;
    this.#post(entry, { pid, startTicks: null }, status, atWall);
    if (current.pid === pid) this.onRunEnded.emit({ id, run: current, cpuSeconds });
  }

  /** Handles the disappearance of a program's process; its exit status is unknown. */
  onLost(entry: ManagedProgram, process: ProcessIdentity): void {
    const run = runOf(entry.program.state);
    this.#post(entry, process, null, this.#clock.now().wall);
    if (run !== null && isSameProcess(run, process)) this.onRunEnded.emit({ id: entry.id, run, cpuSeconds: undefined });
  }

  #post(entry: ManagedProgram, process: ProcessIdentity, status: ExitStatus | null, atWall: number): void {
    const fact = this.#factOf(entry, process, status, atWall);
    if (fact !== null) this.#engine.post(entry.id, fact);
  }

  /**
   * Returns the fact for the exit of a process; null if that is not the main process of the program, or if the fact is posted
   * once the output of the program was read.
   */
  #factOf(entry: ManagedProgram, process: ProcessIdentity, status: ExitStatus | null, atWall: number): ExitFact | null {
    const { id, program } = entry;
    const run = runsOf(program.state).find((each) => isSameProcess(each, process));
    if (run === undefined || isSearching(program.state)) return null;
    const key = keyOf(id, run);
    if (this.#examined.has(key)) return null;
    const fact = this.#runner.exitFact(entry, status, atWall, run);
    if (fact === null || !isUp(program.state) || run !== runOf(program.state)) return fact;
    const missing = this.#display.examine(program.spec, fact.exit, run);
    if (!(missing instanceof Promise)) return missing === null ? fact : { ...fact, display: missing };
    this.#examined.add(key);
    void missing
      .catch(() => null)
      .then((display) => {
        this.#examined.delete(key);
        this.#engine.post(id, display === null ? fact : { ...fact, display });
      });
    return null;
  }
}

function runWithPid({ program }: ManagedProgram, pid: number): Run | undefined {
  return runsOf(program.state).find((run) => run.pid === pid);
}

function keyOf(id: string, { number, pid }: Run): string {
  return `${runKey({ id, run: number })} ${String(pid)}`;
}

/** Returns a function that looks up how runs of the previous engine exited, as far as the log collector noticed it. */
export function createUnseenExits(exits: readonly WitnessedExit[], clock: Clock): (target: ProgramRun) => UnseenExit {
  const byRun = new Map(exits.map((exit) => [runKey(exit), exit]));
  return ({ id, run }) => {
    const known = byRun.get(runKey({ id, run: run.number }));
    // The process that started a daemon has the same run number.
    const seen = known?.pid === run.pid ? known : undefined;
    return { status: seen?.status ?? null, atWall: seen?.atWall ?? clock.now().wall };
  };
}
