import { statsOf } from '../../base/stats-of.ts';
import { messageOf } from '../../base/thrown.ts';
import type { Up } from '../../config/sources/source-set.ts';
import { writeSourcesNote } from '../../config/sources/sources-note.ts';
import type { ConfigProblem } from '../../protocol/results/config-plan.ts';
import type { SpecTarget } from './apply-specs.ts';

/** The record of the files that programs are read from. The next engine continues with them, however this one ends. */
export class SourceRecord {
  readonly #path: string;
  readonly #target: Pick<SpecTarget, 'records' | 'putSources'>;
  #lost: readonly ConfigProblem[];
  #writeProblem: string | null = null;
  /** Identifies the file that was written last; null before the first write. */
  #written: string | null = null;

  /** @param problem why the record of the last engine cannot be used; null if it can */
  constructor(path: string, problem: string | null, target: Pick<SpecTarget, 'records' | 'putSources'>) {
    this.#path = path;
    this.#target = target;
    this.#lost = problem === null ? [] : [lostRecord(path, problem)];
  }

  /** What is wrong with the record of the last engine, until an operator changes the files. */
  get lost(): readonly ConfigProblem[] {
    return this.#lost;
  }

  /** Why the files are not recorded for the next engine at the moment. */
  get writeProblems(): readonly ConfigProblem[] {
    return this.#writeProblem === null ? [] : [notWritten(this.#path, this.#writeProblem)];
  }

  /** Called when an operator has changed the files. */
  confirm(): void {
    this.#lost = [];
  }

  /** Writes the record. A failure is reported once, and `restore` tries again. */
  write(ups: readonly Up[]): void {
    this.#target.putSources(ups);
    try {
      writeSourcesNote(this.#path, ups);
      this.#written = identityOf(this.#path);
      this.#writeProblem = null;
    } catch (error) {
      const problem = `cannot record the files that programs are read from in "${this.#path}": ${messageOf(error)}`;
      if (problem !== this.#writeProblem) this.#target.records.recordEngineEvent('engine-degraded', problem);
      this.#writeProblem = problem;
    }
  }

  /** Writes the record again if it could not be written, or was removed, replaced or changed since. */
  restore(ups: readonly Up[]): void {
    if (this.#writeProblem !== null || identityOf(this.#path) !== this.#written) this.write(ups);
  }
}

/** Changes whenever a file is written, replaced or removed. */
function identityOf(path: string): string | null {
  const stats = statsOf(path);
  return stats === undefined ? null : [stats.ino, stats.size, stats.mtimeMs].join();
}

function notWritten(file: string, problem: string): ConfigProblem {
  const hint = 'the engine tries again every second; without the record, the next engine does not know added files';
  return { severity: 'warning', file, line: null, column: null, message: problem, hint };
}

function lostRecord(file: string, problem: string): ConfigProblem {
  const message = `the record of the files that programs are read from cannot be used: ${problem}`;
  const hint = 'add missing files with "healer up -f FILE"';
  return { severity: 'warning', file, line: null, column: null, message, hint };
}
