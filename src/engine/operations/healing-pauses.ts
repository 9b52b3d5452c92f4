import { publicName, runOf } from '../../policy/lifecycle/state.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { HoldAllResult, OperationResult } from '../../protocol/results/operation-result.ts';
import type { EngineStatus } from '../../protocol/snapshot.ts';
import type { Engine } from '../core/engine.ts';
import type { HealingSwitch } from './healing-switch.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { OperationRunner } from './operation-runner.ts';

/** The operator's requests to pause and resume healing. They are allowed in every state. */
export class HealingPauses {
  readonly #engine: Engine;
  readonly #operations: OperationRunner;
  readonly #healing: HealingSwitch;

  constructor(engine: Engine, operations: OperationRunner, healing: HealingSwitch) {
    this.#engine = engine;
    this.#operations = operations;
    this.#healing = healing;
  }

  /** @throws HealerError PROCESS_NOT_FOUND */
  hold(id: string, forMs: number | null): OperationResult {
    const entry = this.#operations.find(id);
    this.#healing.hold(id, forMs);
    return resultOf(entry);
  }

  /** @throws HealerError PROCESS_NOT_FOUND, or INVALID_STATE if the healing of this program is not paused individually */
  release(id: string): OperationResult {
    const entry = this.#operations.find(id);
    if (!this.#healing.isHeld(id)) {
      const isGeneral = this.#healing.isHeld(null);
      throw new HealerError(
        'INVALID_STATE',
        `cannot resume healing of "${id}": it is ${isGeneral ? 'paused for all programs, not for this one' : 'not paused'}`,
        { id, operation: 'release', heldForAll: isGeneral },
      );
    }
    this.#healing.release(id);
    return resultOf(entry);
  }

  holdAll(forMs: number | null): HoldAllResult {
    this.#healing.hold(null, forMs);
    return { until: this.status().until, programs: [...this.#engine.programs.keys()] };
  }

  /** Resumes healing of all programs, including those that were paused individually. */
  releaseAll(): HoldAllResult {
    const programs = this.#healing.isHeld(null) ? [...this.#engine.programs.keys()] : this.#healing.held;
    for (const id of this.#healing.held) this.#healing.release(id);
    this.#healing.release(null);
    return { until: null, programs };
  }

  status(): Omit<EngineStatus['healing'], 'observed'> {
    const { mode, until } = this.#healing.general;
    return {
      mode,
      until: until === null ? null : this.#healing.shownTimeOf(until),
      held: this.#healing.held.length,
    };
  }
}

function resultOf({ id, program }: ManagedProgram): OperationResult {
  return { id, state: publicName(program.state), pid: runOf(program.state)?.pid ?? null, forced: false, tookMs: 0 };
}
