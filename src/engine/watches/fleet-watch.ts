import { isUp } from '../../policy/lifecycle/state.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Ports } from '../core/ports.ts';

/** Stops programs that may not run while the connection to the fleet is lost. Those that wait for it look for it themselves. */
export class FleetWatch {
  readonly #engine: Pick<Engine, 'post'>;
  readonly #lossOf: NonNullable<Ports['fleetLoss']>;
  /** The programs that run, and have `onFleetLost`. */
  readonly #concerned = new Map<string, ManagedProgram>();

  constructor(engine: Pick<Engine, 'post' | 'onChange' | 'onForgotten'>, lossOf: NonNullable<Ports['fleetLoss']>) {
    this.#engine = engine;
    this.#lossOf = lossOf;
    engine.onChange.add((entry) => this.#note(entry));
    engine.onForgotten.add(({ id }) => this.#concerned.delete(id));
  }

  /** Call it every second. */
  tick(): void {
    for (const { id, program } of this.#concerned.values()) {
      if (this.#lossOf(program.spec) !== null) this.#engine.post(id, { kind: 'fleetLost' });
    }
  }

  #note(entry: ManagedProgram): void {
    const { spec, state } = entry.program;
    if (spec.onFleetLost !== null && isUp(state)) this.#concerned.set(entry.id, entry);
    else this.#concerned.delete(entry.id);
  }
}
