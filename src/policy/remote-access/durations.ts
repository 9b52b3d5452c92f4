import type { Caller } from './caller.ts';

/** The longest time for which a remote caller may make a request or the shutdown wait, in ms. */
const LONGEST_WAIT_MS = 600_000;

/** Durations for which a stop, a restart or the shutdown of the engine waits. */
const WAITS: readonly string[] = ['stop', 'healTimeoutMs', 'timeoutMs'];
/** Durations whose defaults are longer, in ms: at most a day. */
const LONG: Readonly<Record<string, number>> = { indefiniteIntervalMs: 86_400_000, resetAfterMs: 86_400_000 };
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
  if (typeof value === 'number') return numberProblem(value, path, caller);
  if (typeof value !== 'object' || value === null) return null;
  // The environment and the arguments of a program are texts of its own.
  if (['env', 'args', 'health.check'].includes(path.join('.'))) return null;
  const isList = Array.isArray(value);
  for (const [name, part] of Object.entries(value)) {
    const problem = problemIn(part, isList ? path : [...path, name], caller);
    if (problem !== null) return problem;
  }
  return null;
}

function numberProblem(value: number, path: readonly string[], caller: Caller): string | null {
  const name = path.at(-1) ?? '';
  const ms = IN_SECONDS.includes(name) ? value * 1000 : name.endsWith('Ms') ? value : null;
  const isLimited = caller !== 'trusted' || path.some((part) => WAITS.includes(part));
  const limitMs = Object.hasOwn(LONG, name) ? (LONG[name] ?? 0) : LONGEST_WAIT_MS;
  if (ms === null || !isLimited || ms <= limitMs) return null;
  return `"${path.join('.')}" may be at most ${String(limitMs / 60_000)} min when it is set remotely`;
}
