import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import { recall } from '../../policy/lifecycle/adoption.ts';
import type { Engine } from '../core/engine.ts';
import { newProgram } from '../core/managed-program.ts';
import { type AdoptionPorts, alive } from './heirs.ts';
import { endUnclaimed } from './unclaimed.ts';

/**
 * Programs of this instance that are running although neither a source nor a record named them when the engine started. A
 * definition that is added later adopts what is running instead of starting it a second time.
 */
export class UnknownPrograms {
  readonly #engine: Pick<Engine, 'add' | 'addDecided' | 'circumstancesOf' | 'post'>;
  readonly #portsOf: () => AdoptionPorts;
  readonly #ids = new Set<string>();

  /** @param portsOf returns the ports with a new census */
  constructor(engine: Pick<Engine, 'add' | 'addDecided' | 'circumstancesOf' | 'post'>, portsOf: () => AdoptionPorts) {
    this.#engine = engine;
    this.#portsOf = portsOf;
  }

  note(id: string): void {
    this.#ids.add(id);
  }

  /**
   * Adds the program of a new definition if processes of it are running: adopts its main process, and ends other processes,
   * after which the program starts. Returns false if nothing of it is running.
   */
  claim(sourced: SourcedSpec): boolean {
    const { spec, origin } = sourced;
    if (!this.#ids.delete(spec.id)) return false;
    const ports = this.#portsOf();
    const runs = ports.census.lastRunOf(spec.id);
    if (runs === 0) return false;
    const program = { ...newProgram(spec), runs };
    const main = spec.enabled ? ports.census.mainOf(spec.id) : null;
    if (main === null) {
      this.#engine.add(program, origin);
      const mayStart = spec.enabled && spec.autostart;
      void endUnclaimed([], [sourced], false, ports).then(() => {
        if (mayStart) this.#engine.post(spec.id, { kind: 'startRequested', by: 'added' });
      });
      return true;
    }
    const outcome = alive(main, spec.id, ports);
    ports.followAdopted(spec, { id: spec.id, run: outcome.run });
    this.#engine.addDecided(recall(program, outcome, this.#engine.circumstancesOf(spec)), origin);
    void endUnclaimed([{ program, outcome }], [sourced], false, ports);
    return true;
  }
}
