import type { Program } from '../../policy/lifecycle/state.ts';
import type { ManagedProgram } from './managed-program.ts';

/** Tracks which programs wait for which, so that a change is posted only to the programs that wait for it. */
export class WaitingPrograms {
  readonly #entries = new Map<string, ManagedProgram>();

  note(entry: ManagedProgram): void {
    if (entry.program.state.name === 'waiting') this.#entries.set(entry.id, entry);
    else this.#entries.delete(entry.id);
  }

  forget(id: string): void {
    this.#entries.delete(id);
  }

  /** Returns the ids of the programs that wait for this one. */
  waitingFor(id: string): string[] {
    if (this.#entries.size === 0) return [];
    const waiting = [...this.#entries.values()].filter(({ program }) =>
      program.spec.dependsOn.some((dependency) => dependency.id === id),
    );
    return waiting.map((entry) => entry.id);
  }
}

/** Returns whether a change of a program may matter to the programs that depend on it. */
export function mattersToOthers(before: Program, after: Program): boolean {
  return before.state.name !== after.state.name || before.health !== after.health || before.spec !== after.spec;
}
