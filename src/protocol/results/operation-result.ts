import type { ProcessStateName } from '../process-state.ts';

/** What became of an operation on one program. */
export interface OperationResult {
  readonly id: string;
  readonly state: ProcessStateName;
  readonly pid: number | null;
  /** True when the program ignored its stop signal and had to be killed. */
  readonly forced: boolean;
  readonly tookMs: number;
}

/** What healing is for all programs, after it was held or released. */
export interface HoldAllResult {
  /** ISO 8601; null for a hold without end, and after a release. */
  readonly until: string | null;
  /** Programs for which that changed something. */
  readonly programs: readonly string[];
}
