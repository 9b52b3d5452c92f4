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

  /** Replaces the pid of a program's previous run with that of its current run. */
  replace(id: string, previous: Run | null, current: Run | null): void {
    if (previous === current) return;
    // The kernel may have given its pid to another program in the meantime.
    if (previous !== null && this.#ids.get(previous.pid) === id) this.#ids.delete(previous.pid);
    if (current !== null) this.#ids.set(current.pid, id);
  }
}
