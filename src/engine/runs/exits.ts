import { runOf } from '../../policy/lifecycle/state.ts';
import { type ExitStatus, runKey } from '../../protocol/run.ts';
import type { UnseenExit } from '../definitions/heirs.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { WitnessedExit } from '../logs/files/log-transport.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { ChildExits } from '../os/launcher.ts';
import type { ProgramRun } from '../core/ports.ts';
import type { ProgramRunner } from './program-runner.ts';

type ExitSource = Pick<ProgramRunner, 'onExits' | 'exitFact'>;

/** Turns exits of programs into facts, whether the kernel, the log collector or a sample noticed them. */
export class Exits {
  readonly #engine: Engine;
  readonly #runner: ExitSource;
  readonly #clock: Clock;

  constructor(engine: Engine, runner: ExitSource, clock: Clock) {
    this.#engine = engine;
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
        const fact = entry === undefined ? null : this.#runner.exitFact(entry, status, atWall);
        return entry === undefined || fact === null ? [] : [{ id: entry.id, fact }];
      }),
    );
  }

  /** Handles an exit that the log collector noticed, of a program that is not a child of this engine. */
  onWitnessed({ id, run, status, atWall }: WitnessedExit): void {
    const entry = this.#engine.programs.get(id);
    const current = entry === undefined ? null : runOf(entry.program.state);
    // The kernel reports the exits of our own children itself, and in more detail.
    const isAdopted = current?.adopted === true && current.number === run;
    if (entry !== undefined && isAdopted) this.#post(entry, status, atWall);
  }

  /** Handles the disappearance of a program's process; its exit status is unknown. */
  onLost(entry: ManagedProgram): void {
    this.#post(entry, null, this.#clock.now().wall);
  }

  #post(entry: ManagedProgram, status: ExitStatus | null, atWall: number): void {
    const fact = this.#runner.exitFact(entry, status, atWall);
    if (fact !== null) this.#engine.post(entry.id, fact);
  }
}

/** Returns a function that looks up how runs of the previous engine exited, as far as the log collector noticed it. */
export function createUnseenExits(exits: readonly WitnessedExit[], clock: Clock): (target: ProgramRun) => UnseenExit {
  const byRun = new Map(exits.map((exit) => [runKey(exit), exit]));
  return ({ id, run }) => {
    const seen = byRun.get(runKey({ id, run: run.number }));
    return { status: seen?.status ?? null, atWall: seen?.atWall ?? clock.now().wall };
  };
}
