import { cutText } from '../base/cut-text.ts';
import { bareUrl } from '../base/bare-url.ts';
import type { ProcessSpec } from '../protocol/process-spec.ts';
import { parseFailures } from '../protocol/spec/quantities.ts';
import type { Health } from '../protocol/process-state.ts';

export type HealthRule = NonNullable<ProcessSpec['health']>;

/** Returns the health check of a program; null if it has none or its check is disabled. */
export function activeCheck({ health }: Pick<ProcessSpec, 'health'>): HealthRule | null {
  return health?.enabled === true ? health : null;
}

/** Returns whether a program is up only once its startup check has passed; else `ready` or `startSeconds` decides. */
export function hasStartupCheck(spec: Pick<ProcessSpec, 'health' | 'ready'>): boolean {
  return spec.ready === null && activeCheck(spec)?.startupCheck.enabled === true;
}

/** The result of one probe. */
export interface ProbeResult {
  readonly ok: boolean;
  /** The answer, as a phrase that follows `asked`: "returned 200", "did not respond within 2 s". */
  readonly answer: string;
  readonly latencyMs: number;
  /** The engine lacked the resources for the probe, so that the result says nothing about the program. */
  readonly isInconclusive?: boolean;
}

/** The facts behind a verdict. */
export interface HealthEvidence extends ProbeResult {
  /** What the probe did, e.g. "GET http://127.0.0.1:8080/health". */
  readonly asked: string;
  /** Number of consecutive results of this kind, or of those among the last ones. */
  readonly times: number;
  /** The number of last checks, if failures among them are counted. */
  readonly among?: number;
}

/** What is known from the checks of one run. */
export type HealthWatch =
  /** Until the startup check has passed or used up its attempts. */
  | { readonly phase: 'startup'; readonly failures: number; readonly successes?: number }
  | {
      readonly phase: 'steady';
      readonly health: Health;
      /** Failures in a row, or among the last checks if the rule counts them. */
      readonly failures: number;
      /** Passed checks in a row, while more of them are required. */
      readonly successes?: number;
      /** The last checks, true for those that passed, if the rule counts failures among them. */
      readonly recent?: readonly boolean[];
    };

export type HealthVerdict = 'none' | 'healthy' | 'unhealthy' | 'startup-failed';

/** Delays are shortened by up to this fraction, so that programs that started together are not probed together. */
const SPREAD = 0.1;
/** First probes that are due now are spread over this time. */
const AT_ONCE_MS = 300;

/** Returns the initial state of the checks. A run that was adopted or resumed skips the startup check. */
export function beginWatch(isStarting: boolean): HealthWatch {
  return isStarting ? { phase: 'startup', failures: 0 } : { phase: 'steady', health: 'unknown', failures: 0 };
}

/**
 * Judges one result. The verdict `unhealthy` repeats with every further failure, because healing may have been suppressed
 * at the first.
 */
export function judgeProbe(
  watch: HealthWatch,
  rule: HealthRule,
  { ok }: Pick<ProbeResult, 'ok'>,
): { readonly watch: HealthWatch; readonly verdict: HealthVerdict } {
  const recent = recentOf(watch, rule, ok);
  if (ok) return judgeSuccess(watch, rule, recent);
  const failures = recent?.filter((passed) => !passed).length ?? watch.failures + 1;
  if (watch.phase === 'startup') {
    const attempts = watch.failures + 1;
    if (attempts < rule.startupCheck.maxAttempts)
      return { watch: { phase: 'startup', failures: attempts }, verdict: 'none' };
    return { watch: { phase: 'steady', health: 'unhealthy', failures: attempts }, verdict: 'startup-failed' };
  }
  const { health } = watch;
  const counted = { phase: 'steady', failures, ...(recent === undefined ? {} : { recent }) } as const;
  // A program that is unhealthy stays so until it has passed often enough, also while others of its last checks passed.
  if (failures < failuresNeeded(rule)) return { watch: { ...counted, health }, verdict: 'none' };
  return { watch: { ...counted, health: 'unhealthy' }, verdict: 'unhealthy' };
}

/** Counts passed checks until there are enough in a row. */
function judgeSuccess(
  watch: HealthWatch,
  { successesRequired }: HealthRule,
  recent: readonly boolean[] | undefined,
): { readonly watch: HealthWatch; readonly verdict: HealthVerdict } {
  const kept = recent === undefined ? {} : { recent };
  const failures = recent?.filter((passed) => !passed).length ?? 0;
  if (watch.phase === 'steady' && watch.health === 'healthy')
    return { watch: { phase: 'steady', health: 'healthy', failures, ...kept }, verdict: 'none' };
  const successes = (watch.successes ?? 0) + 1;
  if (successes < successesRequired) {
    if (watch.phase === 'startup') return { watch: { ...watch, successes }, verdict: 'none' };
    return { watch: { phase: 'steady', health: watch.health, failures, successes, ...kept }, verdict: 'none' };
  }
  // What failed before it became healthy is settled.
  return { watch: { phase: 'steady', health: 'healthy', failures: 0 }, verdict: 'healthy' };
}

/** Returns the last checks with the newest, as many as the rule looks at; undefined if it only counts failures in a row. */
function recentOf(watch: HealthWatch, { failures }: HealthRule, ok: boolean): readonly boolean[] | undefined {
  if (failures === null || watch.phase === 'startup') return undefined;
  return [...(watch.recent ?? []), ok].slice(-parseFailures(failures).checks);
}

function failuresNeeded({ failures, consecutiveFailuresRequired }: HealthRule): number {
  return failures === null ? consecutiveFailuresRequired : parseFailures(failures).failed;
}

/** Returns the delay before the first probe, in ms. `chance` in [0, 1) spreads it. */
export function firstProbeDelay(watch: HealthWatch, rule: HealthRule, chance: number): number {
  if (watch.phase === 'startup') return Math.round(rule.startupCheck.initialDelayMs * (1 + SPREAD * chance));
  return Math.round(Math.min(rule.intervalMs, AT_ONCE_MS) * chance);
}

/**
 * Returns the delay after a probe that took `tookMs`, in ms. The interval runs from the start of one probe to the start of
 * the next; a probe that took longer is followed by the next one immediately.
 */
export function nextProbeDelay(watch: HealthWatch, rule: HealthRule, tookMs: number, chance: number): number {
  const intervalMs = watch.phase === 'startup' ? rule.startupCheck.checkIntervalMs : rule.intervalMs;
  return Math.max(0, Math.round(intervalMs * (1 - SPREAD * chance) - tookMs));
}

/** The most that an event, a message or a table shows of a check, in characters: a command may contain a whole script. */
const LONGEST_DESCRIPTION = 200;

/** Returns a readable description of a check. A long one is cut, which its end shows. */
export function describeCheck(check: HealthRule['check']): string {
  return cutText(describeWhole(check), LONGEST_DESCRIPTION);
}

function describeWhole(check: HealthRule['check']): string {
  switch (check.type) {
    case 'http':
      // Events, mails and API responses show it, so it must not contain credentials.
      return `${check.method} ${bareUrl(check.url)}`;
    case 'tcp':
      return `TCP ${check.host.includes(':') ? `[${check.host}]` : check.host}:${String(check.port)}`;
    case 'exec':
      return [check.command, ...check.args].join(' ');
  }
}

/** Returns, e.g., "GET http://127.0.0.1:8080/health returned 500, 2 times in a row". */
export function describeEvidence({ asked, answer, times, among }: HealthEvidence): string {
  if (among !== undefined) return `${asked} ${answer}, ${String(times)} of the last ${String(among)} checks failed`;
  return `${asked} ${answer}${times > 1 ? `, ${String(times)} times in a row` : ''}`;
}
