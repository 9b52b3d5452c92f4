import { parseMilliseconds } from '../../protocol/spec/quantities.ts';
import type { Caller } from './caller.ts';

/** The longest time for which a remote caller may make a request or the shutdown wait, in ms. */
const LONGEST_WAIT_MS = 600_000;

/** The longest time for which a caller who is not trusted may pause healing, in ms. */
export const LONGEST_HOLD_MS = 86_400_000;

/** Durations for which a stop, a restart or the shutdown of the engine waits. */
const WAITS: readonly string[] = ['stop', 'healTimeoutMs', 'timeoutMs'];
/** Durations whose defaults are longer, in ms: at most a day. */
const LONG: Readonly<Record<string, number>> = {
  indefiniteIntervalMs: LONGEST_HOLD_MS,
  resetAfterMs: LONGEST_HOLD_MS,
  maxRuntimeMs: LONGEST_HOLD_MS,
  jitterMs: LONGEST_HOLD_MS,
  forMs: LONGEST_HOLD_MS,
};
/** Fields in seconds. */
const IN_SECONDS: readonly string[] = ['startSeconds', 'warmUpSeconds'];

/**
 * Returns which duration of a definition, or of a part of it, is too long for a remote caller; null for none. Durations that
 * others have to wait for are limited for every caller, all others for those who are not trusted.
 */
export function durationProblem(fields: unknown, caller: Caller): string | null {
  return problemIn(fields, [], caller);
}

function problemIn(value: unknown, path: readonly string[], caller: Caller): string | null {
  if (typeof value === 'number' || typeof value === 'string') return scalarProblem(value, path, caller);
  if (typeof value !== 'object' || value === null) return null;
  // The environment and the arguments of a program are texts of its own.
  if (['env', 'args', 'health.check'].includes(path.join('.'))) return null;
  const isList = Array.isArray(value);
  if (isList && path.join('.') === 'stop.sequence') return scalarProblem(totalOf(value), [...path, 'totalMs'], caller);
  for (const [name, part] of Object.entries(value)) {
    const problem = problemIn(part, isList ? path : [...path, name], caller);
    if (problem !== null) return problem;
  }
  return null;
}

function scalarProblem(value: number | string, path: readonly string[], caller: Caller): string | null {
  const ms = millisecondsOf(value, path.at(-1) ?? '');
  const isLimited = caller !== 'trusted' || path.some((part) => WAITS.includes(part));
  const limitMs = LONG[path.at(-1) ?? ''] ?? LONGEST_WAIT_MS;
  if (ms === null || !isLimited || ms <= limitMs) return null;
  const limit = limitMs === LONGEST_HOLD_MS ? '24 h' : `${String(limitMs / 60_000)} min`;
  return `"${path.join('.')}" may be at most ${limit} when it is set remotely`;
}

/** Returns the time that the signals of a stop sequence take together, in ms. */
function totalOf(steps: readonly unknown[]): number {
  const waits = steps.map((step): unknown => (Array.isArray(step) ? step[1] : 0));
  const inMs = waits.map((wait) => (typeof wait === 'number' ? wait : (parseMilliseconds(String(wait)) ?? 0)));
  return inMs.reduce((sum, ms) => sum + ms, 0);
}

/** Returns the duration that a field names, as a number or with units such as `20h`; null if it names none. */
function millisecondsOf(value: number | string, name: string): number | null {
  if (IN_SECONDS.includes(name)) return typeof value === 'number' ? value * 1000 : null;
  if (!name.endsWith('Ms')) return null;
  return typeof value === 'number' ? value : parseMilliseconds(value);
}
