import { parseCron, type Recurrence } from '../../config/reading/cron.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';

interface Plan {
  readonly expression: string;
  /** Null for an invalid expression. */
  readonly recurrence: Recurrence | null;
  /** Null when the expression never matches again. */
  next: Date | null;
  cancel: () => void;
}

/** Longest timer: that the machine was suspended is noticed after at most this long. */
const LONGEST_TIMER_MS = 60_000;
/** The largest forward step of the wall clock after which a skipped restart is still due, as in cron(8). */
const LARGEST_SKIP_MS = 3 * 3_600_000;

/**
 * Posts scheduled restarts when they are due. A time that passed while the machine was suspended is posted once, late. An
 * invalid expression was reported as a problem of its source and schedules nothing here.
 */
export class Schedules {
  readonly #clock: Clock;
  readonly #engine: Pick<Engine, 'post'>;
  readonly #plans = new Map<string, Plan>();

  constructor(clock: Clock, engine: Pick<Engine, 'post' | 'onChange' | 'onForgotten'>) {
    this.#clock = clock;
    this.#engine = engine;
    engine.onChange.add(({ id, program }) => this.#follow(id, program.spec.schedule));
    engine.onForgotten.add(({ id }) => this.#follow(id, null));
  }

  nextOf(id: string): Date | null {
    return this.#plans.get(id)?.next ?? null;
  }

  /**
   * Plans again after the wall clock was set. A restart that a small step has skipped is posted once; after a large one, the
   * previous plan meant another time.
   */
  clockSet(byMs: number): void {
    const now = this.#clock.now().wall;
    for (const [id, plan] of this.#plans) {
      const isSkipped = plan.next !== null && plan.next.getTime() <= now && byMs > 0 && byMs <= LARGEST_SKIP_MS;
      plan.cancel();
      if (plan.recurrence !== null) this.#plan(id, plan, plan.recurrence);
      if (isSkipped) this.#engine.post(id, { kind: 'restartDue', schedule: plan.expression });
    }
  }

  close(): void {
    for (const { cancel } of this.#plans.values()) cancel();
    this.#plans.clear();
  }

  #follow(id: string, expression: string | null): void {
    const known = this.#plans.get(id);
    if (known?.expression === expression || (known === undefined && expression === null)) return;
    known?.cancel();
    this.#plans.delete(id);
    if (expression === null) return;
    const parsed = parseCron(expression);
    const recurrence = parsed.ok ? parsed.recurrence : null;
    const plan: Plan = { expression, recurrence, next: null, cancel: () => undefined };
    this.#plans.set(id, plan);
    if (recurrence !== null) this.#plan(id, plan, recurrence);
  }

  #plan(id: string, plan: Plan, recurrence: Recurrence): void {
    plan.next = recurrence.next(new Date(this.#clock.now().wall));
    this.#arm(id, plan, recurrence);
  }

  #arm(id: string, plan: Plan, recurrence: Recurrence): void {
    if (plan.next === null) return;
    const leftMs = Math.max(0, plan.next.getTime() - this.#clock.now().wall);
    plan.cancel = this.#clock.after(Math.min(leftMs, LONGEST_TIMER_MS), () => {
      const isDue = plan.next !== null && plan.next.getTime() <= this.#clock.now().wall;
      if (!isDue) {
        this.#arm(id, plan, recurrence);
        return;
      }
      this.#plan(id, plan, recurrence);
      this.#engine.post(id, { kind: 'restartDue', schedule: plan.expression });
    });
  }
}
