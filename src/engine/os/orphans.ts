import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { readOwnChildren } from './process-table.ts';
import type { MarkOwner, RunMarks } from './run-mark.ts';

const NONE: readonly ProcStat[] = [];

/**
 * The orphans that the kernel re-parented to this process: its children that are not the main process of a program. The list
 * of children grows with the number of programs, so it is read once for all questions of one turn of the event loop.
 */
export class Orphans {
  readonly #isMain: (pid: number) => boolean;
  readonly #ownerOf: RunMarks['ownerOfProcess'];
  #found: readonly ProcStat[] | null = null;
  #byRelation = new Map<string | number, ProcStat[]>();

  constructor(isMain: (pid: number) => boolean, ownerOf: RunMarks['ownerOfProcess']) {
    this.#isMain = isMain;
    this.#ownerOf = ownerOf;
  }

  /** Reads the list again when it is needed next. Call it after exits: their children have been re-parented. */
  invalidate(): void {
    this.#found = null;
  }

  /** Returns living orphans that carry a mark of the program, of its run `maxRun` or an earlier one. */
  markedFor(id: string, maxRun: number): readonly ProcStat[] {
    this.#read();
    const marked = this.#byRelation.get(id) ?? NONE;
    return marked.filter((stat) => (this.#ownerOf(stat)?.number ?? Infinity) <= maxRun);
  }

  /** Returns living orphans in the process group or session of this pid. */
  relatedTo(pid: number): readonly ProcStat[] {
    this.#read();
    return this.#byRelation.get(pid) ?? NONE;
  }

  #read(): void {
    if (this.#found !== null) return;
    const orphans: ProcStat[] = [];
    for (const pid of readOwnChildren() ?? []) {
      const stat = this.#isMain(pid) ? null : readProcStat(pid);
      if (stat !== null && !isDead(stat)) orphans.push(stat);
    }
    this.#found = orphans;
    this.#byRelation = new Map();
    for (const stat of orphans) {
      this.#relate(stat.groupId, stat);
      if (stat.sessionId !== stat.groupId) this.#relate(stat.sessionId, stat);
      const owner: MarkOwner | null = this.#ownerOf(stat);
      if (owner?.kind === 'run') this.#relate(owner.id, stat);
    }
    setImmediate(() => this.invalidate()).unref();
  }

  #relate(key: string | number, stat: ProcStat): void {
    const known = this.#byRelation.get(key);
    if (known === undefined) this.#byRelation.set(key, [stat]);
    else known.push(stat);
  }
}
