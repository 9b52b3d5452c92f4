import { bareUrl } from '../base/bare-url.ts';
import type { ProcessSpec } from '../protocol/process-spec.ts';
import type { Health } from '../protocol/process-state.ts';

export type HealthRule = NonNullable<ProcessSpec['health']>;

/** What one probe brought. */
export interface ProbeResult {
  readonly ok: boolean;
  /** What came back, in words that fit behind what was asked: "returned 200", "did not respond within 2.0 s". */
  readonly answer: string;
  readonly latencyMs: number;
}

/** What a verdict rests on, in plain facts. */
export interface HealthEvidence extends ProbeResult {
  /** What was asked, e.g. "GET http://127.0.0.1:8080/health". */
  readonly asked: string;
  /** Results of this kind in a row. */
  readonly times: number;
}

/** What the checks of one run have seen so far. */
export type HealthWatch =
  /** Until the startup check has passed or has used up its attempts. */
  | { readonly phase: 'startup'; readonly failures: number }
  | { readonly phase: 'steady'; readonly health: Health; readonly failures: number };

export type HealthVerdict = 'none' | 'healthy' | 'unhealthy' | 'startup-failed';

/** Waits are shortened by up to this fraction, so that programs that started together are not probed together. */
const SPREAD = 0.1;
/** Within this time everything is asked that is to be asked at once. */
const AT_ONCE_MS = 300;

/** A run that an earlier engine started, or that went on after a pause, has its start behind it. */
export function beginWatch(isStarting: boolean): HealthWatch {
  return isStarting ? { phase: 'startup', failures: 0 } : { phase: 'steady', health: 'unknown', failures: 0 };
}

/**
 * Judges one result (SPEC section 8). `unhealthy` is said with every further failure too: healing may have been held
 * back when it was said first.
 */
export function judgeProbe(
  watch: HealthWatch,
  rule: HealthRule,
  { ok }: Pick<ProbeResult, 'ok'>,
): { readonly watch: HealthWatch; readonly verdict: HealthVerdict } {
  if (ok) {
    const isNews = watch.phase === 'startup' || watch.health !== 'healthy';
    return { watch: { phase: 'steady', health: 'healthy', failures: 0 }, verdict: isNews ? 'healthy' : 'none' };
  }
  const failures = watch.failures + 1;
  if (watch.phase === 'startup') {
    if (failures < rule.startupCheck.maxAttempts) return { watch: { ...watch, failures }, verdict: 'none' };
    return { watch: { phase: 'steady', health: 'unhealthy', failures }, verdict: 'startup-failed' };
  }
  if (failures < rule.consecutiveFailuresRequired) return { watch: { ...watch, failures }, verdict: 'none' };
  return { watch: { phase: 'steady', health: 'unhealthy', failures }, verdict: 'unhealthy' };
}

/** How long to wait before a watch asks for the first time. `chance` in [0, 1) spreads it. */
export function firstProbeDelay(watch: HealthWatch, rule: HealthRule, chance: number): number {
  if (watch.phase === 'startup') return Math.round(rule.startupCheck.initialDelayMs * (1 + SPREAD * chance));
  return Math.round(Math.min(rule.intervalMs, AT_ONCE_MS) * chance);
}

/**
 * How long to wait after a probe that took `tookMs`. Intervals run from one beginning to the next; a probe that took
 * longer than that is followed by the next at once.
 */
export function nextProbeDelay(watch: HealthWatch, rule: HealthRule, tookMs: number, chance: number): number {
  const intervalMs = watch.phase === 'startup' ? rule.startupCheck.checkIntervalMs : rule.intervalMs;
  return Math.max(0, Math.round(intervalMs * (1 - SPREAD * chance) - tookMs));
}

/** What a check asks, as people read it. */
export function describeCheck(check: HealthRule['check']): string {
  switch (check.type) {
    case 'http':
      // It is told in events, mails and answers.
      return `${check.method} ${bareUrl(check.url)}`;
    case 'tcp':
      return `TCP ${check.host.includes(':') ? `[${check.host}]` : check.host}:${String(check.port)}`;
    case 'exec':
      return [check.command, ...check.args].join(' ');
  }
}

/** "GET http://127.0.0.1:8080/health returned 500, 2 times in a row". */
export function describeEvidence({ asked, answer, times }: HealthEvidence): string {
  return `${asked} ${answer}${times > 1 ? `, ${String(times)} times in a row` : ''}`;
}
