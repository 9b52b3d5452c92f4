import { CLOCK_TICKS_PER_SECOND } from '../../base/proc-stat.ts';
import { countedRestarts } from '../../policy/cooldown.ts';
import { effectiveMode } from '../../policy/healing.ts';
import { type Program, publicName, type Run, runOf } from '../../policy/lifecycle/state.ts';
import { type Moment, steadyWall, wallTimeOf } from '../../policy/moment.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { LastExit } from '../../protocol/process-state.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import type { ManagedProgram } from '../core/managed-program.ts';

/** The unit of the start time of a process, in ms. */
const TICK_MS = 1000 / CLOCK_TICKS_PER_SECOND;

/** Returns the row of a program in the live table, with times as the wall clock shows them now. */
export function rowOf(
  { id, program, origin, overridden, usage, healing, stated }: ManagedProgram,
  clock: Clock,
): SnapshotRow {
  const now = clock.now();
  const isoTime = (moment: Moment): string => new Date(wallTimeOf(moment, now)).toISOString();
  const { state, spec } = program;
  const run = runOf(state);
  const { mode, until } = effectiveMode(spec, healing);
  return {
    id,
    name: spec.name,
    groups: spec.groups,
    state: publicName(state),
    pid: run?.pid ?? null,
    startedAt: run === null ? null : new Date(startOf(run, clock)).toISOString(),
    cpuPercent: usage?.cpuPercent ?? null,
    memoryMb: usage?.memoryMb ?? null,
    memoryMeasure: usage === null ? null : (usage.memoryMeasure ?? 'rss'),
    processes: usage?.processes ?? (run === null ? 0 : 1),
    restarts: program.restarts,
    limits: spec.limits,
    cooldownUntil: state.name === 'cooldown' ? isoTime(state.until) : null,
    ...recentRestartsOf(program, now),
    retryAt: state.name === 'backoff' ? isoTime(state.until) : null,
    lastExit: lastExitOf(program),
    health: program.health,
    healing: mode,
    heldUntil: until === null ? null : isoTime(until),
    source: origin,
    overridden,
    why: program.why,
    ...(stated === null ? {} : { stated }),
  };
}

function recentRestartsOf({ spec, state, counters }: Program, now: Moment): Pick<SnapshotRow, 'recentRestarts'> {
  const { cooldown } = spec.restart;
  const until = state.name === 'cooldown' ? state.until : null;
  const counted = countedRestarts(counters.history, cooldown, now, until);
  if (counted.length === 0) return {};
  const at = counted.map((restart) => new Date(wallTimeOf(restart.at, now)).toISOString());
  return { recentRestarts: { at, limit: cooldown.restarts, windowMs: cooldown.windowMs } };
}

/** Returns when a run started, from the start time of its process if it is known. */
function startOf({ startTicks, startedAt }: Run, clock: Clock): number {
  const now = clock.now();
  const boot = clock.boot?.();
  if (boot === undefined || startTicks === null) return wallTimeOf(startedAt, now);
  return steadyWall(now.wall - Math.max(0, boot - startTicks * TICK_MS), startedAt.wall);
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
    ...(exit.coreDump === undefined ? {} : { coreDump: exit.coreDump }),
  };
}

/** Returns how close a program is to its cooldown, for the method `cooldowns`. */
export function cooldownViewOf({ id, program }: ManagedProgram, now: Moment): CooldownView {
  const { spec, state, counters } = program;
  const { restarts: limit, windowMs, durationMs } = spec.restart.cooldown;
  const until = state.name === 'cooldown' ? state.until : null;
  const isoTime = (moment: Moment): string => new Date(wallTimeOf(moment, now)).toISOString();
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
    leftMs: until === null ? null : Math.max(0, Math.round(until.mono - now.mono)),
  };
}
