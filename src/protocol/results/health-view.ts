import type { Health } from '../process-state.ts';

/** What one probe of a program brought. */
export interface CheckResult {
  /** ISO 8601 of its beginning. */
  readonly at: string;
  readonly ok: boolean;
  /** What came back, e.g. "answered 500 instead of 200 to 399". */
  readonly answer: string;
  readonly latencyMs: number;
}

/** All that is known of a program's health. */
export interface HealthView {
  readonly health: Health;
  /** What is asked, e.g. "GET http://127.0.0.1:8080/health". */
  readonly asked: string;
  /** ISO 8601 of when its health became what it is; null while it is unknown. */
  readonly since: string | null;
  /** Failures in a row, up to now. */
  readonly failures: number;
  /** The last one that failed, of an earlier run too; what failed before a start was complete is left out. */
  readonly lastFailure: CheckResult | null;
  /** The last results, oldest first, over restarts. */
  readonly results: readonly CheckResult[];
}

/** The answer to a probe that was asked for. */
export interface CheckedHealth extends CheckResult {
  readonly id: string;
  readonly asked: string;
  readonly health: Health;
}
