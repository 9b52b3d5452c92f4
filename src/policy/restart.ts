import type { ProcessSpec } from '../protocol/process-spec.ts';
import { isTooOften, type Restart } from './cooldown.ts';
import { describeExit, type ExitFacts, isSuccess, seconds } from './exit-facts.ts';
import { later, type Moment } from './moment.ts';

/** What counts toward giving up and toward longer delays. */
export interface RestartCounters {
  /** Consecutive failures; a successful exit, a stable run or an operator's start resets them. */
  readonly failures: number;
  /** Position in the list of delays; a cooldown resets it too. */
  readonly backoffStep: number;
  readonly history: readonly Restart[];
}

/** The counters of a program without failures. */
export const NO_FAILURES: RestartCounters = { failures: 0, backoffStep: 0, history: [] };

/** What kind of fault a restart heals. */
export type HealCause = 'limit' | 'health' | 'anomaly';

/** How a run ended: the program exited by itself, could not be executed, or was stopped by healing. */
export type RunEnd =
  | { readonly kind: 'exit'; readonly exit: ExitFacts }
  | { readonly kind: 'spawn-failed'; readonly problem: string }
  | { readonly kind: 'healed'; readonly exit: ExitFacts; readonly fault: string; readonly cause: HealCause };

/** What to do after a run. */
export type RestartVerdict =
  | { readonly next: 'stay-exited'; readonly why: string }
  | {
      readonly next: 'restart';
      readonly delayMs: number;
      readonly counters: RestartCounters;
      /** How the run ended. The time of the restart is not part of it, because it changes while the program waits. */
      readonly why: string;
      /** When the next run starts, as in `restarting in 5 s`. */
      readonly plan: string;
      /** Why the next run was started, e.g. "restarted: memory 512 MB exceeded limit 500 MB". */
      readonly restartWhy: string;
    }
  | { readonly next: 'cooldown'; readonly counters: RestartCounters; readonly why: string }
  | { readonly next: 'give-up'; readonly why: string };

/**
 * Decides what to do after a run. `chance` in [0, 1) spreads the delay. The order of the checks matters: the restart
 * policy, then the number of attempts, then their frequency.
 */
export function decideRestart(
  rule: ProcessSpec['restart'],
  counters: RestartCounters,
  end: RunEnd,
  { now, chance }: { readonly now: Moment; readonly chance: number },
): RestartVerdict {
  const story = describeEnd(end);
  const isSuccessful = end.kind === 'exit' && isSuccess(end.exit, rule.successExitCodes);
  if (isSuccessful && rule.policy !== 'always') {
    return { next: 'stay-exited', why: `${story}; not restarted (restart policy "${rule.policy}")` };
  }
  if (rule.policy === 'never') return { next: 'give-up', why: `${story}; not restarted (restart policy "never")` };

  const before = isStable(end, rule.resetAfterMs) ? { ...counters, failures: 0, backoffStep: 0 } : counters;
  // A successful exit is not a failure, and it interrupts a series of consecutive failures.
  const failures = isSuccessful ? 0 : before.failures + 1;
  const counted = { ...before, failures, backoffStep: before.backoffStep + 1 };
  if (rule.maxAttempts !== null && failures >= rule.maxAttempts) {
    return afterLastAttempt(rule, counted, end, now);
  }
  if (isTooOften(counted.history, rule.cooldown, now)) return coolDown(rule, counted, story);
  const delayMs = spread(backoffDelay(rule.backoffMs, before.backoffStep), rule.jitter, chance);
  const when = delayMs === 0 ? 'restarting now' : `restarting in ${seconds(delayMs)}`;
  return { next: 'restart', delayMs, counters: counted, why: story, plan: when, restartWhy: restartWhy(end) };
}

/** The history is kept, so that views show the restarts that caused the cooldown. It is cleared when the cooldown ends. */
function coolDown(rule: ProcessSpec['restart'], counters: RestartCounters, story: string): RestartVerdict {
  const { durationMs, restarts, windowMs } = rule.cooldown;
  return {
    next: 'cooldown',
    counters: { ...counters, backoffStep: 0 },
    why: `${story}; in cooldown for ${seconds(durationMs)} (${String(restarts)} restarts in ${seconds(windowMs)})`,
  };
}

function afterLastAttempt(
  rule: ProcessSpec['restart'],
  counters: RestartCounters,
  end: RunEnd,
  now: Moment,
): RestartVerdict {
  const story = describeEnd(end);
  const attempts = rule.maxAttempts === 1 ? '1 failure' : `${String(rule.maxAttempts)} failures in a row`;
  if (!rule.retryIndefinitely) return { next: 'give-up', why: `${story}; gave up after ${attempts}` };
  const delayMs = rule.indefiniteIntervalMs;
  if (isTooOften(counters.history, rule.cooldown, later(now, delayMs))) return coolDown(rule, counters, story);
  return {
    next: 'restart',
    delayMs,
    counters,
    why: story,
    plan: `retrying in ${seconds(delayMs)} after ${attempts}`,
    restartWhy: restartWhy(end),
  };
}

/** Returns how a run ended, as in `exited with code 3 after 1.2 s`. */
export function describeEnd(end: RunEnd): string {
  switch (end.kind) {
    case 'exit':
      return describeExit(end.exit);
    case 'spawn-failed':
      return end.problem;
    case 'healed':
      return `stopped: ${end.fault}`;
  }
}

function restartWhy(end: RunEnd): string {
  return `restarted: ${end.kind === 'healed' ? end.fault : describeEnd(end)}`;
}

function isStable(end: RunEnd, resetAfterMs: number): boolean {
  return end.kind !== 'spawn-failed' && end.exit.uptimeMs >= resetAfterMs;
}

function backoffDelay(delaysMs: readonly number[], step: number): number {
  return delaysMs[Math.min(step, delaysMs.length - 1)] ?? 0;
}

function spread(delayMs: number, jitter: number, chance: number): number {
  return Math.round(delayMs * (1 + jitter * (2 * chance - 1)));
}
