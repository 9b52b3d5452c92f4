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

/** Makes facts of the ends of programs, whoever tells them: the kernel, the collector, or a sample that misses them. */
export class Exits {
  readonly #engine: Engine;
  readonly #runner: ProgramRunner;
  readonly #clock: Clock;

  constructor(engine: Engine, runner: ProgramRunner, clock: Clock) {
    this.#engine = engine;
    this.#runner = runner;
    this.#clock = clock;
    runner.onExits.add((exits) => this.#onChildren(exits));
  }

  /** Handles exits of children of this engine, all that the kernel reported at once. */
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

  /** An end that the collector saw: of a program that is not our child. */
  onWitnessed({ id, run, status, atWall }: WitnessedExit): void {
    const entry = this.#engine.programs.get(id);
    const current = entry === undefined ? null : runOf(entry.program.state);
    // Of our own children the kernel tells us itself, and more exactly.
    const isAdopted = current?.adopted === true && current.number === run;
    if (entry !== undefined && isAdopted) this.#post(entry, status, atWall);
  }

  /** The process of a program is gone, and nobody told how it ended. */
  onLost(entry: ManagedProgram): void {
    this.#post(entry, null, this.#clock.now().wall);
  }

  #post(entry: ManagedProgram, status: ExitStatus | null, atWall: number): void {
    const fact = this.#runner.exitFact(entry, status, atWall);
    if (fact !== null) this.#engine.post(entry.id, fact);
  }
}

/** How runs of an earlier engine ended, by what the collector saw meanwhile; of others it is only known that they did. */
export function createUnseenExits(exits: readonly WitnessedExit[], clock: Clock): (target: ProgramRun) => UnseenExit {
  const byRun = new Map(exits.map((exit) => [runKey(exit), exit]));
  return ({ id, run }) => {
    const seen = byRun.get(runKey({ id, run: run.number }));
    return { status: seen?.status ?? null, atWall: seen?.atWall ?? clock.now().wall };
  };
}
