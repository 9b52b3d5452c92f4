import { isSameProcess, type ProcessIdentity } from '../../base/process-identity.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import { isSearching, isUp, type Run, runOf } from '../../policy/lifecycle/state.ts';
import { type ExitStatus, runKey } from '../../protocol/run.ts';
import type { UnseenExit } from '../definitions/heirs.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { WitnessedExit } from '../logs/files/log-transport.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { ChildExits } from '../os/launcher.ts';
import type { ProgramRun } from '../core/ports.ts';
import type { DisplayCheck } from './display-check.ts';
import type { ProgramRunner } from './program-runner.ts';

type ExitSource = Pick<ProgramRunner, 'onExits' | 'exitFact'>;
type ExitFact = FactOf<'exited'>;

/** Turns exits of programs into facts, whether the kernel, the log collector or a sample noticed them. */
export class Exits {
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
    this.#engine.postAll(
      exits.flatMap(({ pid, status }) => {
        const entry = this.#engine.findByPid(pid);
        const fact = entry === undefined ? null : this.#factOf(entry, { pid, startTicks: null }, status, atWall);
        return entry === undefined || fact === null ? [] : [{ id: entry.id, fact }];
      }),
    );
  }

  /** Handles an exit that the log collector noticed, of a program that is not a child of this engine. */
  onWitnessed({ id, run, pid, status, atWall }: WitnessedExit): void {
    const entry = this.#engine.programs.get(id);
    const current = entry === undefined ? null : runOf(entry.program.state);
    // The kernel reports the exits of our own children itself, and in more detail.
    const isAdopted = current?.adopted === true && current.number === run;
    if (entry !== undefined && isAdopted) this.#post(entry, { pid, startTicks: null }, status, atWall);
  }

  /** Handles the disappearance of a program's process; its exit status is unknown. */
  onLost(entry: ManagedProgram, process: ProcessIdentity): void {
    this.#post(entry, process, null, this.#clock.now().wall);
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
    const run = runOf(program.state);
    if (run === null || !isSameProcess(run, process) || isSearching(program.state)) return null;
    const key = keyOf(id, run);
    if (this.#examined.has(key)) return null;
    const fact = this.#runner.exitFact(entry, status, atWall);
    if (fact === null || !isUp(program.state)) return fact;
    const missing = this.#display.examine(program.spec, fact.exit);
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
