import type { Health } from '../process-state.ts';

/** The result of one health check. */
export interface CheckResult {
  /** Start of the check, ISO 8601. */
  readonly at: string;
  readonly ok: boolean;
  /** The response, e.g. "returned 500 instead of 200 to 399". */
  readonly answer: string;
  readonly latencyMs: number;
  /** True if the engine lacked the resources for the check, so that the result does not count. */
  readonly isInconclusive?: boolean;
}

/** The health of a program and its latest checks. */
export interface HealthView {
  readonly health: Health;
  /** The check, e.g. "GET http://127.0.0.1:8080/health". */
  readonly asked: string;
  /** Start of the current health status, ISO 8601; null while it is unknown. */
  readonly since: string | null;
  /** Consecutive failures up to now. */
  readonly failures: number;
  /** The last failed check, also from a previous run; failed startup checks are not included. */
  readonly lastFailure: CheckResult | null;
  /** The latest results, oldest first, across restarts. */
  readonly results: readonly CheckResult[];
}

/** The result of `checkHealth`. */
export interface CheckedHealth extends CheckResult {
  readonly id: string;
  readonly asked: string;
  readonly health: Health;
  /** False if the program has no active health check: then the result is its state. */
  readonly hasCheck?: false;
}
