import type { RestartCause } from '../protocol/restart-cause.ts';
import type { Moment } from './moment.ts';

/** Why a restart happened; a program's own history of them. */
export interface Restart {
  readonly at: Moment;
  readonly cause: RestartCause;
}

export interface CooldownRule {
  /** This many restarts within the window start the cooldown. */
  readonly restarts: number;
  readonly windowMs: number;
  readonly durationMs: number;
}

/** Restarts kept for people to look at; more than any window holds that is worth watching. */
const KEPT_RESTARTS = 50;

/** The restarts that still count, by the monotonic clock: one that was set makes none older or younger. */
export function restartsInWindow(history: readonly Restart[], rule: CooldownRule, now: Moment): Restart[] {
  return history.filter((restart) => now.mono - restart.at.mono < rule.windowMs);
}

/** True when one more restart now would be one too many (SPEC section 5). */
export function isTooOften(history: readonly Restart[], rule: CooldownRule, now: Moment): boolean {
  return restartsInWindow(history, rule, now).length >= rule.restarts;
}

/** The history with one more restart, and without the oldest once there are many. */
export function rememberRestart(history: readonly Restart[], restart: Restart): Restart[] {
  return [...history.slice(-(KEPT_RESTARTS - 1)), restart];
}
