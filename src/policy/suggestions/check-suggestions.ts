import type { Suggestion } from '../../protocol/results/suggestions.ts';
import { measured, type Observations } from './observations.ts';

/** A timeout leaves room for an answer that takes this many times as long as the slowest. */
const TIMEOUT_FACTOR = 3;
/** A timeout is close if an answer took this share of it. */
const CLOSE_SHARE = 0.5;
/** Checks take too much of the time of a program if they last for this share of the interval. */
const BUSY_SHARE = 0.25;
/** Fewer checks say nothing. */
const LEAST_CHECKS = 10;

/** Proposes a timeout and an interval of the health check from how long the checks that passed took. */
export function suggestChecks({ spec: { health }, checks }: Observations): Suggestion[] {
  if (health === null) return [];
  const latencies = measured(checks.filter(({ ok }) => ok).map(({ latencyMs }) => latencyMs));
  const slowest = latencies.at(-1);
  if (slowest === undefined || latencies.length < LEAST_CHECKS) return [];
  const { timeoutMs, intervalMs } = health;
  const took = `the slowest of the last ${latencies.length} checks that passed took ${Math.round(slowest)} ms`;
  const suggestions: Suggestion[] = [];
  if (slowest > CLOSE_SHARE * timeoutMs) {
    const proposed = roundUp(TIMEOUT_FACTOR * slowest);
    suggestions.push({ field: 'health.timeoutMs', now: timeoutMs, proposed, reason: `${took}, close to the timeout` });
  }
  if (slowest > BUSY_SHARE * intervalMs) {
    const proposed = roundUp(slowest / BUSY_SHARE);
    suggestions.push({
      field: 'health.intervalMs',
      now: intervalMs,
      proposed,
      reason: `${took}, a large part of the interval`,
    });
  }
  return suggestions;
}

function roundUp(ms: number): number {
  return Math.ceil(ms / 500) * 500;
}
