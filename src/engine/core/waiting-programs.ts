import type { Program } from '../../policy/lifecycle/state.ts';
import type { ManagedProgram } from './managed-program.ts';

/** Tracks which programs wait for which, so that a change is posted only to the programs that wait for it. */
export class WaitingPrograms {
  /** The ids of what each waiting program depends on. */
  readonly #dependencies = new Map<string, readonly string[]>();
  readonly #byDependency = new Map<string, Set<string>>();

  note({ id, program }: ManagedProgram): void {
    this.forget(id);
    if (program.state.name !== 'waiting') return;
    const dependencies = program.spec.dependsOn.map((dependency) => dependency.id);
    this.#dependencies.set(id, dependencies);
    for (const dependency of dependencies) {
      const waiting = this.#byDependency.get(dependency);
      if (waiting === undefined) this.#byDependency.set(dependency, new Set([id]));
      else waiting.add(id);
    }
  }

  forget(id: string): void {
    for (const dependency of this.#dependencies.get(id) ?? []) {
      const waiting = this.#byDependency.get(dependency);
      waiting?.delete(id);
      if (waiting?.size === 0) this.#byDependency.delete(dependency);
    }
    this.#dependencies.delete(id);
  }

  /** Returns the ids of the programs that wait for this one. */
  waitingFor(id: string): string[] {
    return [...(this.#byDependency.get(id) ?? [])];
  }
}

/** Returns whether a change of a program may matter to the programs that depend on it. */
export function mattersToOthers(before: Program, after: Program): boolean {
  return before.state.name !== after.state.name || before.health !== after.health || before.spec !== after.spec;
}
