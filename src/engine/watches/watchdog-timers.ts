import type { ProgramStatement } from '../../policy/notices.ts';
import type { Run } from '../../policy/lifecycle/state.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';

interface Watched {
  readonly run: Run;
  readonly periodMs: number;
  /** On the monotonic clock, in ms. */
  deadline: number;
}

interface WatchdogParts {
  readonly clock: Clock;
  readonly engine: Pick<Engine, 'post'>;
}

/**
 * The watchdogs of running programs. A sign of life only moves a deadline; one timer serves all of them, so that hundreds of
 * watchdogs cost little.
 */
export class WatchdogTimers {
  readonly #parts: WatchdogParts;
  readonly #watched = new Map<string, Watched>();
  #cancelTimer: (() => void) | null = null;
  /** When the timer expires, on the monotonic clock. */
  #timerAt = Infinity;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
  }

  /** Begins with a run that is running; ends once it is paused, being stopped or gone. */
  onChange({ id, program: { state, spec } }: ManagedProgram): void {
    const known = this.#watched.get(id);
    if (state.name !== 'running' || spec.watchdogMs === null) {
      if (known !== undefined) this.end(id);
      return;
    }
    const isSame = known?.run.number === state.run.number && known.run.pid === state.run.pid;
    if (!isSame) this.#watch(id, state.run, spec.watchdogMs);
  }

  /** Takes a statement about the watchdog of the current run. */
  take({ id, program: { spec } }: ManagedProgram, run: Run, statement: ProgramStatement & { kind: 'watchdog' }): void {
    const watched = this.#watched.get(id);
    if (statement.sign === 'trigger') {
      this.#parts.engine.post(id, { kind: 'watchdogFailed', of: run, how: 'it sent WATCHDOG=trigger' });
      return;
    }
    if (watched === undefined || spec.watchdogMs === null) return;
    if (statement.sign === 'period') this.#watch(id, watched.run, statement.ms);
    else watched.deadline = this.#parts.clock.now().mono + watched.periodMs;
  }

  end(id: string): void {
    this.#watched.delete(id);
    if (this.#watched.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#timerAt = Infinity;
  }

  close(): void {
    for (const id of [...this.#watched.keys()]) this.end(id);
  }

  #watch(id: string, run: Run, periodMs: number): void {
    const deadline = this.#parts.clock.now().mono + periodMs;
    this.#watched.set(id, { run, periodMs, deadline });
    this.#armFor(deadline);
  }

  #armFor(deadline: number): void {
    if (deadline >= this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = deadline;
    const afterMs = Math.max(0, Math.ceil(deadline - this.#parts.clock.now().mono));
    this.#cancelTimer = this.#parts.clock.after(afterMs, () => this.#expire());
  }

  #expire(): void {
    this.#timerAt = Infinity;
    const now = this.#parts.clock.now().mono;
    let next = Infinity;
    for (const [id, watched] of this.#watched) {
      const { run, periodMs } = watched;
      if (watched.deadline <= now) {
        // Reported again after each period, because healing may be paused.
        watched.deadline = now + periodMs;
        const how = `it has not sent WATCHDOG=1 for ${String(periodMs / 1000)} s (watchdogMs)`;
        this.#parts.engine.post(id, { kind: 'watchdogFailed', of: run, how });
      }
      next = Math.min(next, watched.deadline);
    }
    if (next !== Infinity) this.#armFor(next);
  }
}
