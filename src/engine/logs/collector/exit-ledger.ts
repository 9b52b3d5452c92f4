import { rmSync } from 'node:fs';
import { replaceFile } from '../../../base/atomic-file.ts';
import { readExitFile } from '../files/exit-file.ts';
import type { RunName, WitnessedExit } from '../files/log-transport.ts';
import { runKeyOf } from '../files/messages.ts';

/**
 * Ends of runs that no engine has acknowledged. With no engine attached they are on disk too, for the case that the
 * next engine comes after this collector.
 */
export class ExitLedger {
  readonly #path: string;
  readonly #onProblem: (message: string) => void;
  readonly #exits = new Map<string, WitnessedExit>();
  #isOnDisk: boolean;
  /** Whether the file holds all of them; it may hold more. */
  #isSaved = true;

  constructor(path: string, onProblem: (message: string) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
    for (const exit of readExitFile(path)) this.#exits.set(runKeyOf(exit), exit);
    this.#isOnDisk = this.#exits.size > 0;
  }

  list(): WitnessedExit[] {
    return [...this.#exits.values()];
  }

  has(run: RunName): boolean {
    return this.#exits.has(runKeyOf(run));
  }

  add(exit: WitnessedExit, isEngineThere: boolean): void {
    this.#exits.set(runKeyOf(exit), exit);
    this.#isSaved = false;
    if (!isEngineThere) this.save();
  }

  /** The engine went without acknowledging these. */
  save(): void {
    if (this.#isSaved || this.#exits.size === 0) return;
    const lines = this.list().map((exit) => `${JSON.stringify(exit)}\n`);
    this.#attempt(() => replaceFile(this.#path, lines.join('')));
    this.#isSaved = true;
    this.#isOnDisk = true;
  }

  acknowledge(run: RunName): void {
    this.#exits.delete(runKeyOf(run));
    if (!this.#isOnDisk || this.#exits.size > 0) return;
    this.#attempt(() => rmSync(this.#path, { force: true }));
    this.#isOnDisk = false;
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#onProblem(`cannot keep exit codes: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
