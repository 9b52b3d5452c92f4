import type { ErrorCode } from '../errors.ts';
import type { ExitStatus } from '../run.ts';
import type { ProcessStateName } from '../process-state.ts';

/** The result of an operation on one program. */
export interface OperationResult {
  readonly id: string;
  readonly state: ProcessStateName;
  readonly pid: number | null;
  /** True if the program did not exit within its stop timeout and was killed. */
  readonly forced: boolean;
  /** How the run that the operation ended has exited; null if it ended none. Engines of earlier versions omit it. */
  readonly exit?: ExitStatus | null;
  readonly tookMs: number;
  /**
   * The programs that depend on this one: those that were restarted with it (`dependsOn[].restart`), and those that keep running.
   * Absent if there are none.
   */
  readonly dependents?: { readonly restarted: readonly string[]; readonly running: readonly string[] };
  /** For example that the next engine will not know about the operation. Absent if there is nothing to warn about. */
  readonly warnings?: readonly string[];
}

/** What an operation did to one of the selected programs. */
export type OperationOutcome =
  | { readonly id: string; readonly ok: true; readonly result: OperationResult }
  | { readonly id: string; readonly ok: false; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** The result of `holdAll` and `releaseAll`. */
export interface HoldAllResult {
  /** When healing resumes, ISO 8601; null if it is paused indefinitely, and after `releaseAll`. */
  readonly until: string | null;
  /** Programs whose healing changed. */
  readonly programs: readonly string[];
  /** As in the result of an operation. */
  readonly warnings?: readonly string[];
}
