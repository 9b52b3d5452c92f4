import { existsSync } from 'node:fs';
import { messageOf } from '../../base/thrown.ts';
import type { Up } from '../../config/sources/source-set.ts';
import { writeSourcesNote } from '../../config/sources/sources-note.ts';
import type { ConfigProblem } from '../../protocol/results/config-plan.ts';
import type { SpecTarget } from './apply-specs.ts';

/** The record of the files that programs are read from. The next engine continues with them, however this one ends. */
export class SourceRecord {
  readonly #path: string;
  readonly #target: Pick<SpecTarget, 'records' | 'putSources'>;
  #problems: readonly ConfigProblem[];
  #writeProblem: string | null = null;

  /** @param problem why the record of the last engine cannot be used; null if it can */
  constructor(path: string, problem: string | null, target: Pick<SpecTarget, 'records' | 'putSources'>) {
    this.#path = path;
    this.#target = target;
    this.#problems = problem === null ? [] : [lostRecord(path, problem)];
  }

  /** What is wrong with the record of the last engine, until an operator changes the files. */
  get problems(): readonly ConfigProblem[] {
    return this.#problems;
  }

  /** Called when an operator has changed the files. */
  confirm(): void {
    this.#problems = [];
  }

  /** Writes the record. A failure is reported once. */
  write(ups: readonly Up[]): void {
    try {
      this.#target.putSources(ups);
      writeSourcesNote(this.#path, ups);
      this.#writeProblem = null;
    } catch (error) {
      const problem = `cannot record the files that programs are read from in "${this.#path}": ${messageOf(error)}`;
      if (problem !== this.#writeProblem) this.#target.records.recordEngineEvent('engine-degraded', problem);
      this.#writeProblem = problem;
    }
  }

  /** Writes the record again if it was removed. */
  restore(ups: readonly Up[]): void {
    if (!existsSync(this.#path)) this.write(ups);
  }
}

function lostRecord(file: string, problem: string): ConfigProblem {
  const message = `the record of the files that programs are read from cannot be used: ${problem}`;
  const hint = 'add missing files with "healer up -f FILE"';
  return { severity: 'warning', file, line: null, column: null, message, hint };
}
