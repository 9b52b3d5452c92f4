import { parseCron, type Recurrence } from '../../config/reading/cron.ts';
import type { Clock } from '../core/clock.ts';

interface Plan {
  readonly expression: string;
  /** Null when there is no next time. */
  next: Date | null;
  cancel: () => void;
}

/** Longest sleep: a wall clock that is set, or a machine that slept, is noticed after this long at the latest. */
const LOOK_AGAIN_MS = 60_000;

/**
 * Tells when planned restarts are due. A time that passed while the machine slept is told once, late. An expression that
 * is none was told as a problem of its source; here it plans nothing.
 */
export class Schedules {
  readonly #clock: Clock;
  readonly #onDue: (id: string, expression: string) => void;
  readonly #plans = new Map<string, Plan>();

  constructor(clock: Clock, onDue: (id: string, expression: string) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Follows a program's schedule from now on; null plans nothing. */
  keep(id: string, expression: string | null): void {
    const known = this.#plans.get(id);
    if (known?.expression === expression || (known === undefined && expression === null)) return;
    known?.cancel();
    this.#plans.delete(id);
    if (expression === null) return;
    const plan: Plan = { expression, next: null, cancel: () => undefined };
    this.#plans.set(id, plan);
    const parsed = parseCron(expression);
    if (parsed.ok) this.#plan(id, plan, parsed.recurrence);
  }

  nextOf(id: string): Date | null {
    return this.#plans.get(id)?.next ?? null;
  }

  close(): void {
    for (const { cancel } of this.#plans.values()) cancel();
    this.#plans.clear();
  }

  #plan(id: string, plan: Plan, recurrence: Recurrence): void {
    plan.next = recurrence.next(new Date(this.#clock.now().wall));
    this.#sleep(id, plan, recurrence);
  }

  #sleep(id: string, plan: Plan, recurrence: Recurrence): void {
    if (plan.next === null) return;
    const leftMs = Math.max(0, plan.next.getTime() - this.#clock.now().wall);
    plan.cancel = this.#clock.after(Math.min(leftMs, LOOK_AGAIN_MS), () => {
      const isDue = plan.next !== null && plan.next.getTime() <= this.#clock.now().wall;
      if (!isDue) {
        this.#sleep(id, plan, recurrence);
        return;
      }
      this.#plan(id, plan, recurrence);
      this.#onDue(id, plan.expression);
    });
  }
}
