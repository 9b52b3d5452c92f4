import { countedRestarts } from '../../policy/cooldown.ts';
import { effectiveMode } from '../../policy/healing.ts';
import { type Program, publicName, runOf } from '../../policy/lifecycle/state.ts';
import type { Moment } from '../../policy/moment.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { LastExit } from '../../protocol/process-state.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import type { ManagedProgram } from '../core/managed-program.ts';

/** Returns the row of a program in the live table. */
export function rowOf({ id, program, origin, usage, healing }: ManagedProgram): SnapshotRow {
  const { state, spec } = program;
  const run = runOf(state);
  const { mode, until } = effectiveMode(spec, healing);
  return {
    id,
    name: spec.name,
    groups: spec.groups,
    state: publicName(state),
    pid: run?.pid ?? null,
    startedAt: run === null ? null : isoTime(run.startedAt),
    cpuPercent: usage?.cpuPercent ?? null,
    memoryMb: usage?.memoryMb ?? null,
    memoryMeasure: usage === null ? null : (usage.memoryMeasure ?? 'rss'),
    processes: usage?.processes ?? (run === null ? 0 : 1),
    restarts: program.restarts,
    limits: spec.limits,
    cooldownUntil: state.name === 'cooldown' ? isoTime(state.until) : null,
    retryAt: state.name === 'backoff' ? isoTime(state.until) : null,
    lastExit: lastExitOf(program),
    health: program.health,
    healing: mode,
    heldUntil: until === null ? null : isoTime(until),
    source: origin,
    why: program.why,
  };
}

function lastExitOf({ lastExit }: Program): LastExit | null {
  if (lastExit === null) return null;
  const { exit, reason } = lastExit;
  return {
    code: exit.code,
    signal: exit.signal,
    coreDumped: exit.coreDumped,
    at: new Date(exit.atWall).toISOString(),
    uptimeMs: Math.round(exit.uptimeMs),
    reason,
  };
}

/** Returns how close a program is to its cooldown, for the method `cooldowns`. */
export function cooldownViewOf({ id, program }: ManagedProgram, now: Moment): CooldownView {
  const { spec, state, counters } = program;
  const { restarts: limit, windowMs, durationMs } = spec.restart.cooldown;
  const until = state.name === 'cooldown' ? state.until : null;
  return {
    id,
    state: publicName(state),
    restarts: countedRestarts(counters.history, spec.restart.cooldown, now, until).map(({ at, cause }) => ({
      at: isoTime(at),
      cause,
    })),
    limit,
    windowMs,
    durationMs,
    until: until === null ? null : isoTime(until),
  };
}

function isoTime({ wall }: Moment): string {
  return new Date(wall).toISOString();
}
