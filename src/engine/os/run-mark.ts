import { createHash } from 'node:crypto';

/** The variable by which a process can be told to belong to a run, wherever it went (SPEC section 4). */
export const MARK_VARIABLE = 'HEALER_MARK';
export const ID_VARIABLE = 'HEALER_ID';

/** Names runs in the environment of their processes, so that no other instance's can be mistaken for them. */
export interface RunMarks {
  readonly markOf: (id: string, runNumber: number) => string;
  /** The run number when the mark is one of this instance's program, else null. */
  readonly runNumberOf: (id: string, mark: string) => number | null;
  readonly isOurs: (mark: string) => boolean;
}

export function createRunMarks(stateDir: string): RunMarks {
  const owner = createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
  return {
    markOf: (id, runNumber) => `${owner}:${id}:${String(runNumber)}`,
    runNumberOf: (id, mark) => {
      const prefix = `${owner}:${id}:`;
      const runNumber = mark.startsWith(prefix) ? Number(mark.slice(prefix.length)) : NaN;
      return Number.isInteger(runNumber) ? runNumber : null;
    },
    isOurs: (mark) => mark.startsWith(`${owner}:`),
  };
}
