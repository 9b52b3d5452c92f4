import type { Run } from '../../policy/lifecycle/state.ts';

/** Maps the pid of each main process to the id of its program. Only the engine writes to it. */
export class MainPids {
  readonly #ids = new Map<number, string>();

  idOf(pid: number): string | undefined {
    return this.#ids.get(pid);
  }

  has(pid: number): boolean {
    return this.#ids.has(pid);
  }

  /** Replaces the pids of a program's previous runs with those of its current runs. */
  replace(id: string, previous: readonly Run[], current: readonly Run[]): void {
    if (previous.length === current.length && previous.every((run, index) => run === current[index])) return;
    // The kernel may have given a pid to another program in the meantime.
    for (const { pid } of previous) if (this.#ids.get(pid) === id) this.#ids.delete(pid);
    for (const { pid } of current) this.#ids.set(pid, id);
  }
}
