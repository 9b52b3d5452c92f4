import { isUp, type LifecycleState } from '../../policy/lifecycle/state.ts';
import { isWanted } from '../../policy/lifecycle/wanted.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { ListeningSockets } from '../launching/listening-sockets.ts';
import type { Records } from '../records/records.ts';

/**
 * Closes listening sockets once no program needs them: clients of a program that was stopped are to be refused, while those
 * of one that is being restarted wait.
 */
export class UnusedSockets {
  readonly #engine: Pick<Engine, 'programs' | 'isShuttingDown'>;
  readonly #listening: Pick<ListeningSockets, 'keepOnly' | 'lostOf'>;
  /** Whether all programs are known. */
  #hasBegun = false;

  constructor(
    engine: Pick<Engine, 'programs' | 'isShuttingDown' | 'onChange' | 'onForgotten'>,
    listening: Pick<ListeningSockets, 'keepOnly' | 'lostOf'>,
  ) {
    this.#engine = engine;
    this.#listening = listening;
    const close = ({ program }: ManagedProgram): void => {
      if (program.spec.sockets.length > 0) this.#close();
    };
    engine.onChange.add((entry) => {
      const { state } = entry.program;
      if (!needsSockets(state) || state.name === 'launching') close(entry);
    });
    engine.onForgotten.add(close);
  }

  /** Called once all programs are known. Records sockets that an earlier engine held and that were lost with it. */
  begin(records: Pick<Records, 'recordEngineEvent'>): void {
    this.#hasBegun = true;
    this.#close();
    for (const { id, program } of this.#engine.programs.values()) {
      if (program.spec.sockets.length === 0 || !isUp(program.state) || !program.state.run.adopted) continue;
      const lost = this.#listening.lostOf(program.spec);
      if (lost.length > 0) records.recordEngineEvent('engine-degraded', describeLoss(id, lost), { id, lost });
    }
  }

  #close(): void {
    // What keeps the programs running for the next engine keeps their sockets too.
    if (!this.#hasBegun || this.#engine.isShuttingDown) return;
    const needing = [...this.#engine.programs.values()].filter(({ program }) => needsSockets(program.state));
    this.#listening.keepOnly(needing.map(({ program }) => program.spec));
  }
}

/** Returns whether clients wait for a program: it runs, or will start again by itself. */
function needsSockets(state: LifecycleState): boolean {
  return isWanted(state) && state.name !== 'failed';
}

function describeLoss(id: string, lost: readonly string[]): string {
  return `the engine and the log collector of "${id}" were killed together, and no longer hold ${lost.join(', ')}: it keeps serving, but clients are refused during its next restart`;
}
