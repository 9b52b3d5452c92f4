import { describeCheck, type HealthRule } from '../../policy/health.ts';
import type { CheckResult, HealthView } from '../../protocol/results/health-view.ts';
import type { Health } from '../../protocol/process-state.ts';

/** Results kept of each program for people to look at. */
const KEPT_RESULTS = 20;

/** What the probes of one program brought, over its restarts: why it was healed is asked when it runs again. */
export class HealthRecord {
  #results: readonly CheckResult[] = [];
  #lastFailure: CheckResult | null = null;
  #failures = 0;
  #health: Health = 'unknown';
  #since: string | null = null;

  /** @param isStarting whether the program may still be on its way up, so that a failure is no news */
  add(result: CheckResult, isStarting: boolean): void {
    this.#results = [...this.#results.slice(1 - KEPT_RESULTS), result];
    this.#failures = result.ok ? 0 : this.#failures + 1;
    if (!result.ok && !isStarting) this.#lastFailure = result;
  }

  /** A run begins with a clean count. */
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
