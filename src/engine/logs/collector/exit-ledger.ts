import { rmSync } from 'node:fs';
import { runKey, type RunRef } from '../../../protocol/run.ts';
import { replaceFile } from '../../../base/atomic-file.ts';
import { readExitFile } from '../files/exit-file.ts';
import type { WitnessedExit } from '../files/log-transport.ts';

/**
 * Exits that no engine has acknowledged. While no engine is attached, they are also on disk, in case this log collector
 * exits before the next engine starts.
 */
export class ExitLedger {
  readonly #path: string;
  readonly #onProblem: (message: string) => void;
  readonly #exits = new Map<string, WitnessedExit>();
  #isOnDisk: boolean;
  /** Whether the file contains all of them; it may contain more. */
  #isSaved = true;

  constructor(path: string, onProblem: (message: string) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
    for (const exit of readExitFile(path)) this.#exits.set(runKey(exit), exit);
    this.#isOnDisk = this.#exits.size > 0;
  }

  list(): WitnessedExit[] {
    return [...this.#exits.values()];
  }

  has(run: RunRef): boolean {
    return this.#exits.has(runKey(run));
  }

  add(exit: WitnessedExit, isEngineAttached: boolean): void {
    this.#exits.set(runKey(exit), exit);
    this.#isSaved = false;
    if (!isEngineAttached) this.save();
  }

  /** Writes the exits to disk, since the engine exited without acknowledging them. */
  save(): void {
    if (this.#isSaved || this.#exits.size === 0) return;
    const lines = this.list().map((exit) => `${JSON.stringify(exit)}\n`);
    this.#attempt(() => replaceFile(this.#path, lines.join('')));
    this.#isSaved = true;
    this.#isOnDisk = true;
  }

  acknowledge(run: RunRef): void {
    this.#exits.delete(runKey(run));
    if (!this.#isOnDisk || this.#exits.size > 0) return;
    this.#attempt(() => rmSync(this.#path, { force: true }));
    this.#isOnDisk = false;
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#onProblem(`cannot save exit codes: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
