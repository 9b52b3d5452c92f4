import type { ManagedProgram } from './managed-program.ts';

/** Knows the programs that leave their leftover processes running, also after they were removed. */
export class LeavingPrograms {
  readonly #removed = new Set<string>();
  #programs: ReadonlyMap<string, ManagedProgram> = new Map();

  /** Sets where the programs are looked up. */
  watch(programs: ReadonlyMap<string, ManagedProgram>): void {
    this.#programs = programs;
  }

  /** Notes a program that was removed. Its last definition continues to apply. */
  forgotten({ id, program }: ManagedProgram): void {
    if (program.spec.leftovers === 'leave') this.#removed.add(id);
    else this.#removed.delete(id);
  }

  has(id: string): boolean {
    const known = this.#programs.get(id);
    return known === undefined ? this.#removed.has(id) : known.program.spec.leftovers === 'leave';
  }
}
