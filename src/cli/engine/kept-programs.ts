import type { ProcessRow } from '../../protocol/snapshot.ts';

/** What became of the programs that ran while an engine was replaced. */
export interface KeptPrograms {
  /** Number of programs that run with the same pid. */
  readonly kept: number;
  /** Ids of programs whose process is another one than before, or that do not run any more. */
  readonly changed: readonly string[];
  /** Whether all of them run again. */
  readonly isSettled: boolean;
}

/**
 * Compares the programs that ran before with those of the next engine. A program that a command or an edit removed, stopped or disabled
 * meanwhile counts neither as kept nor as changed: an engine answers only once it knows every program.
 */
export function comparePrograms(before: readonly ProcessRow[], after: readonly ProcessRow[]): KeptPrograms {
  const rows = new Map(after.map((row) => [row.id, row]));
  let kept = 0;
  const changed: ProcessRow[] = [];
  for (const { id, pid } of before) {
    const row = rows.get(id);
    if (pid === null || row === undefined || isStoppedOnRequest(row)) continue;
    if (row.pid === pid) kept += 1;
    else changed.push(row);
  }
  return { kept, changed: changed.map(({ id }) => id), isSettled: changed.every(({ pid }) => pid !== null) };
}

function isStoppedOnRequest({ state }: ProcessRow): boolean {
  return state === 'stopped' || state === 'disabled';
}
