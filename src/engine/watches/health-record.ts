import { describeCheck, type HealthRule } from '../../policy/health.ts';
import type { CheckResult, HealthView } from '../../protocol/results/health-view.ts';
import type { Health } from '../../protocol/process-state.ts';

/** Number of results kept for display, per program. */
const KEPT_RESULTS = 20;

/** The results of the probes of one program. They are kept across restarts, because the reason for a restart is read later. */
export class HealthRecord {
  #results: readonly CheckResult[] = [];
  #lastFailure: CheckResult | null = null;
  #failures = 0;
  #health: Health = 'unknown';
  #since: string | null = null;

  /** @param isStarting whether the program may still be starting, when a failure is expected */
  add(result: CheckResult, isStarting: boolean): void {
    this.#results = [...this.#results.slice(1 - KEPT_RESULTS), result];
    this.#failures = result.ok ? 0 : this.#failures + 1;
    if (!result.ok && !isStarting) this.#lastFailure = result;
  }

  /** Resets the count of failures for a new run. */
  startRun(): void {
    this.#failures = 0;
  }

  noteHealth(health: Health, wallMs: number): void {
    if (health === this.#health) return;
    this.#health = health;
    this.#since = health === 'unknown' ? null : new Date(wallMs).toISOString();
  }

  view({ check }: HealthRule): HealthView {
    return {
      health: this.#health,
      asked: describeCheck(check),
      since: this.#since,
      failures: this.#failures,
      lastFailure: this.#lastFailure,
      results: this.#results,
    };
  }
}
