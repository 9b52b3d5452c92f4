import type { RestartCause } from '../protocol/restart-cause.ts';
import { later, type Moment } from './moment.ts';

/** One restart in the history of a program. */
export interface Restart {
  readonly at: Moment;
  readonly cause: RestartCause;
}

export interface CooldownRule {
  /** This many restarts within the window start a cooldown. */
  readonly restarts: number;
  readonly windowMs: number;
  readonly durationMs: number;
}

/** Restarts that are kept for display; more than any useful window holds. */
const KEPT_RESTARTS = 50;

/** Returns the restarts within the window, by the monotonic clock: changes of the wall clock do not affect it. */
export function restartsInWindow(history: readonly Restart[], rule: CooldownRule, now: Moment): Restart[] {
  return history.filter((restart) => now.mono - restart.at.mono < rule.windowMs);
}

/** Returns whether one more restart now would exceed the limit. */
export function isTooOften(history: readonly Restart[], rule: CooldownRule, now: Moment): boolean {
  return restartsInWindow(history, rule, now).length >= rule.restarts;
}

/** Returns the history with one more restart, dropping the oldest if there are too many. */
export function rememberRestart(history: readonly Restart[], restart: Restart): Restart[] {
  return [...history.slice(-(KEPT_RESTARTS - 1)), restart];
}

/**
 * Returns the restarts that count towards a cooldown: those in the window that ends now or, during a cooldown, those in the
 * window that ended when it began.
 * @param until the end of the current cooldown; null outside one
 */
export function countedRestarts(
  history: readonly Restart[],
  rule: CooldownRule,
  now: Moment,
  until: Moment | null,
): Restart[] {
  if (until === null) return restartsInWindow(history, rule, now);
  return restartsInWindow(history, rule, later(until, -rule.durationMs));
}
