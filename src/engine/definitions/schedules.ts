import { parseCron, type Recurrence } from '../../config/reading/cron.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';

interface Plan {
  readonly expression: string;
  /** Null when the expression never matches again. */
  next: Date | null;
  cancel: () => void;
}

/** Longest timer: a changed wall clock, or a machine that was suspended, is noticed after at most this long. */
const LONGEST_TIMER_MS = 60_000;

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
    const plan: Plan = { expression, next: null, cancel: () => undefined };
    this.#plans.set(id, plan);
    const parsed = parseCron(expression);
    if (parsed.ok) this.#plan(id, plan, parsed.recurrence);
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
