import { parseCron, type Recurrence } from '../../config/reading/cron.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';

interface Plan {
  readonly expression: string;
  readonly timeZone: string | null;
  readonly jitterMs: number;
  /** Null for an invalid expression. */
  readonly recurrence: Recurrence | null;
  /** When the next run is due by the expression; null when it never matches again. */
  due: Date | null;
  /** The same with its jitter. */
  next: Date | null;
  cancel: () => void;
}

type Scheduled = Pick<ProcessSpec, 'schedule' | 'scheduling'>;

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
    engine.onChange.add(({ id, program }) => this.#follow(id, program.spec));
    engine.onForgotten.add(({ id }) => this.#unplan(id));
  }

  nextOf(id: string): Date | null {
    return this.#plans.get(id)?.next ?? null;
  }

  /** Posts a run if the schedule of a program was due since a time, while no engine was running. */
  catchUp(id: string, sinceWall: number): void {
    const plan = this.#plans.get(id);
    const missed = plan?.recurrence?.next(new Date(sinceWall)) ?? null;
    if (plan === undefined || missed === null || missed.getTime() > this.#clock.now().wall) return;
    this.#engine.post(id, { kind: 'restartDue', schedule: plan.expression, missedAt: missed.toISOString() });
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
      if (plan.recurrence !== null) this.#plan(id, plan, plan.recurrence, now);
      if (isSkipped) this.#engine.post(id, { kind: 'restartDue', schedule: plan.expression });
    }
  }

  close(): void {
    for (const { cancel } of this.#plans.values()) cancel();
    this.#plans.clear();
  }

  #unplan(id: string): void {
    this.#plans.get(id)?.cancel();
    this.#plans.delete(id);
  }

  #follow(id: string, { schedule, scheduling: { timeZone, jitterMs } }: Scheduled): void {
    const known = this.#plans.get(id);
    if (schedule === null) {
      if (known !== undefined) this.#unplan(id);
      return;
    }
    if (known?.expression === schedule && known.timeZone === timeZone && known.jitterMs === jitterMs) return;
    this.#unplan(id);
    const parsed = parseCron(schedule, timeZone);
    const recurrence = parsed.ok ? parsed.recurrence : null;
    const times = { expression: schedule, timeZone, jitterMs, recurrence };
    const plan: Plan = { ...times, due: null, next: null, cancel: () => undefined };
    this.#plans.set(id, plan);
    if (recurrence !== null) this.#plan(id, plan, recurrence, this.#clock.now().wall);
  }

  #plan(id: string, plan: Plan, recurrence: Recurrence, afterWall: number): void {
    plan.due = recurrence.next(new Date(afterWall));
    const delayMs = plan.jitterMs === 0 ? 0 : Math.round(plan.jitterMs * this.#clock.chance());
    plan.next = plan.due === null ? null : new Date(plan.due.getTime() + delayMs);
    this.#arm(id, plan, recurrence);
  }

  #arm(id: string, plan: Plan, recurrence: Recurrence): void {
    if (plan.next === null) return;
    const leftMs = Math.max(0, plan.next.getTime() - this.#clock.now().wall);
    plan.cancel = this.#clock.after(Math.min(leftMs, LONGEST_TIMER_MS), () => {
      const now = this.#clock.now().wall;
      const isDue = plan.next !== null && plan.next.getTime() <= now;
      if (!isDue) {
        this.#arm(id, plan, recurrence);
        return;
      }
      // A run that is due during the jitter of this one is part of it, so that none is made up for.
      this.#plan(id, plan, recurrence, now);
      this.#engine.post(id, { kind: 'restartDue', schedule: plan.expression });
    });
  }
}
