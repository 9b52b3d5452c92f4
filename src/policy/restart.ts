import type { ProcessSpec } from '../protocol/process-spec.ts';
import { isTooOften, type Restart } from './cooldown.ts';
import { describeExit, type ExitFacts, isSuccess, seconds } from './exit-facts.ts';
import type { Moment } from './moment.ts';

/** What counts towards giving up and towards longer delays. */
export interface RestartCounters {
  /** Consecutive failures; a good end, a stable run or an operator's start clears them. */
  readonly failures: number;
  /** Position in the list of delays; a cooldown clears it too. */
  readonly backoffStep: number;
  readonly history: readonly Restart[];
}

/** Of a program that never failed, or whose failures are forgiven. */
export const NO_FAILURES: RestartCounters = { failures: 0, backoffStep: 0, history: [] };

/** What kind of fault a restart heals. */
export type HealCause = 'limit' | 'health' | 'anomaly';

/** What ended a run: the program by itself, a program that could not even be executed, or healing. */
export type RunEnd =
  | { readonly kind: 'exit'; readonly exit: ExitFacts }
  | { readonly kind: 'spawn-failed'; readonly problem: string }
  | { readonly kind: 'healed'; readonly exit: ExitFacts; readonly fault: string; readonly cause: HealCause };

/** What follows the end of a run. */
export type RestartVerdict =
  | { readonly next: 'rest-well'; readonly why: string }
  | {
      readonly next: 'restart';
      readonly delayMs: number;
      readonly counters: RestartCounters;
      readonly why: string;
      /** How the run ended, without what follows. */
      readonly story: string;
    }
  | { readonly next: 'cooldown'; readonly counters: RestartCounters; readonly why: string }
  | { readonly next: 'give-up'; readonly why: string };

/**
 * Decides what follows the end of a run (SPEC section 5). `chance` in [0, 1) spreads the delay.
 * The order of the questions is the rule: may it restart at all, were there too many attempts, were they too often.
 */
export function decideRestart(
  rule: ProcessSpec['restart'],
  counters: RestartCounters,
  end: RunEnd,
  now: Moment,
  chance: number,
): RestartVerdict {
  const story = describeEnd(end);
  const endedWell = end.kind === 'exit' && isSuccess(end.exit, rule.successExitCodes);
  if (endedWell && rule.policy !== 'always') {
    return { next: 'rest-well', why: `${story}; the restart policy "${rule.policy}" leaves it at that` };
  }
  if (rule.policy === 'never') return { next: 'give-up', why: `${story}; the restart policy is "never"` };

  const before = isStable(end, rule.resetAfterMs) ? { ...counters, failures: 0, backoffStep: 0 } : counters;
  // A good end that is followed by a start is no failure, and what failed before it is not in a row with what fails after.
  const failures = endedWell ? 0 : before.failures + 1;
  const counted = { ...before, failures, backoffStep: before.backoffStep + 1 };
  if (rule.maxAttempts !== null && failures > rule.maxAttempts) {
    return afterLastAttempt(rule, counted, story);
  }
  if (isTooOften(counted.history, rule.cooldown, now)) {
    return {
      next: 'cooldown',
      counters: { ...counted, backoffStep: 0, history: [] },
      why: `${story}; restarted ${String(rule.cooldown.restarts)} times within ${seconds(rule.cooldown.windowMs)}, so it rests for ${seconds(rule.cooldown.durationMs)}`,
    };
  }
  const delayMs = spread(backoffDelay(rule.backoffMs, before.backoffStep), rule.jitter, chance);
  const when = delayMs === 0 ? 'restarting at once' : `restarting in ${seconds(delayMs)}`;
  return { next: 'restart', delayMs, counters: counted, why: `${story}; ${when}`, story };
}

function afterLastAttempt(rule: ProcessSpec['restart'], counters: RestartCounters, story: string): RestartVerdict {
  const attempts = `${String(rule.maxAttempts)} attempts failed in a row`;
  if (!rule.retryIndefinitely) return { next: 'give-up', why: `${story}; ${attempts}` };
  const delayMs = rule.indefiniteIntervalMs;
  return {
    next: 'restart',
    delayMs,
    counters,
    why: `${story}; ${attempts}, trying again in ${seconds(delayMs)}`,
    story,
  };
}

function describeEnd(end: RunEnd): string {
  switch (end.kind) {
    case 'exit':
      return describeExit(end.exit);
    case 'spawn-failed':
      return end.problem;
    case 'healed':
      return `ended because ${end.fault}`;
  }
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
