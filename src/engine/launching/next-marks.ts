import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { RunMarks } from '../os/run-mark.ts';

/** How many marks are made at once, so that a start of many programs does not delay anything else. */
const MOST_AT_ONCE = 50;

interface NextMark {
  readonly runNumber: number;
  readonly leaves: boolean;
  /** Null until it is made. */
  mark: string | null;
}

/** Makes the marks of the next runs while nothing else happens, because signing takes a while and a restart must not. */
export class NextMarks {
  readonly #marks: Pick<RunMarks, 'markOf'>;
  readonly #next = new Map<string, NextMark>();
  readonly #unmade = new Set<string>();

  constructor(marks: Pick<RunMarks, 'markOf'>) {
    this.#marks = marks;
  }

  /** Returns the mark of a run, and expects the one after it. */
  take({ id, leftovers }: Pick<ProcessSpec, 'id' | 'leftovers'>, runNumber: number): string {
    const leaves = leftovers === 'leave';
    const known = this.#next.get(id);
    const isFit = known?.runNumber === runNumber && known.leaves === leaves;
    const mark = isFit ? known.mark : null;
    this.#next.set(id, { runNumber: runNumber + 1, leaves, mark: null });
    this.#unmade.add(id);
    return mark ?? this.#marks.markOf(id, runNumber, leaves);
  }

  /** Makes some of the expected marks. */
  prepare(): void {
    let made = 0;
    for (const id of this.#unmade) {
      if (made === MOST_AT_ONCE) return;
      made += 1;
      this.#unmade.delete(id);
      const next = this.#next.get(id);
      if (next !== undefined) next.mark = this.#marks.markOf(id, next.runNumber, next.leaves);
    }
  }

  forget(id: string): void {
    this.#next.delete(id);
    this.#unmade.delete(id);
  }
}
