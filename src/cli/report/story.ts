import { formatDuration } from '../../base/duration.ts';
import type { EngineEvent, EventKind } from '../../protocol/engine-event.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** What is told about the last thing that went wrong with a program. */
export interface Story {
  /** What set it off; null where nothing is known to have gone wrong. */
  readonly trigger: EngineEvent | null;
  /** The rule by which it counts as a fault, with the figures of the definition; null without a trigger. */
  readonly rule: string | null;
  /** What was measured up to it, oldest first. */
  readonly samples: readonly Sample[];
  /** From the trigger on, or since the last start. */
  readonly events: readonly EngineEvent[];
  /** The last of what it printed until it ended. */
  readonly lines: readonly LogLine[];
}

interface Sample {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly cpuPercent: number | null;
  readonly memoryMb: number | null;
}

type Rule = (spec: ProcessSpec) => string;

/** What sets a story off, and by which rule of the definition. */
const RULES: Readonly<Partial<Record<EventKind, Rule>>> = {
  crashed: ({ restart }) =>
    `an end is a crash by any signal that nobody asked for, and by every exit code but ${restart.successExitCodes.join(', ')} (restart.successExitCodes)`,
  exited: ({ restart }) => `it ended well; it is started again by the policy "${restart.policy}" (restart.policy)`,
  'limit-cpu': ({ limits }) => `CPU above ${amount(limits.cpuPercent)} % in 3 samples in a row (limits.cpuPercent)`,
  'limit-memory': ({ limits }) => `memory above ${amount(limits.memoryMb)} MB in any sample (limits.memoryMb)`,
  'memory-leak': ({ anomaly }) => `memory that rises without end (anomaly.leak, action: ${anomaly.leak.action})`,
  'cpu-spike': ({ anomaly }) => `CPU far above its own past (anomaly.spike, action: ${anomaly.spike.action})`,
  'fork-bomb': ({ anomaly: { forkBomb } }) =>
    `more than ${String(forkBomb.maxDescendants)} descendants, or on the way there (anomaly.forkBomb, action: ${forkBomb.action})`,
  unhealthy: ({ health }) =>
    `${amount(health?.consecutiveFailuresRequired ?? null)} failed health checks in a row (health.consecutiveFailuresRequired)`,
  'startup-check-failed': ({ health }) =>
    `no healthy answer in ${amount(health?.startupCheck.maxAttempts ?? null)} checks after its start (health.startupCheck.maxAttempts)`,
  'zombies-found': ({ zombies }) => `dead children that it does not reap when asked to (zombies: ${zombies})`,
  'spawn-failed': () => 'it could not be executed',
  'terminate-failed': ({ stop }) =>
    `it was still there ${formatDuration(stop.forceTimeoutMs)} after SIGKILL (stop.forceTimeoutMs)`,
};

/** What begins a stretch of quiet, told when nothing went wrong. */
const BEGINNINGS: ReadonlySet<EventKind> = new Set(['started', 'restarted', 'adopted', 'added']);
/** Ends of runs: nothing that was printed later belongs to the story. */
const ENDS: ReadonlySet<EventKind> = new Set(['crashed', 'exited']);

const SAMPLES = 10;
const LINES = 10;
/** The kernel tells of an end sooner than the log has its last lines. */
const LATE_MS = 500;

export interface StoryMaterial {
  readonly spec: ProcessSpec;
  /** Of the program alone, oldest first. */
  readonly events: readonly EngineEvent[];
  readonly lines: readonly LogLine[];
  readonly history: HistoryResult;
}

/** Puts together what is known about the last thing that went wrong. */
export function tellStory({ spec, events, lines, history }: StoryMaterial): Story {
  const start = indexOfTrigger(events);
  const trigger = start === -1 ? null : (events[start] ?? null);
  const since = start === -1 ? events.findLastIndex(({ kind }) => BEGINNINGS.has(kind)) : start;
  const told = events.slice(Math.max(0, since));
  return {
    trigger,
    rule: trigger === null ? null : (RULES[trigger.kind]?.(spec) ?? null),
    samples: samplesUntil(history, trigger === null ? Infinity : Date.parse(trigger.time)),
    events: told,
    lines: linesUntil(lines, trigger === null ? undefined : told.find(({ kind }) => ENDS.has(kind))),
  };
}

/** The cause rather than the end it led to: a limit rather than the exit by SIGTERM that followed. */
function indexOfTrigger(events: readonly EngineEvent[]): number {
  const isFault = ({ kind }: EngineEvent): boolean => kind !== 'exited' && RULES[kind] !== undefined;
  const last = events.findLastIndex(isFault);
  if (events[last]?.kind !== 'crashed') return last;
  const { pid } = events[last];
  const cause = events.findLastIndex((event, index) => index < last && event.pid === pid && isFault(event));
  return cause === -1 ? last : cause;
}

function samplesUntil({ until, stepMs, cpuPercent, memoryMb }: HistoryResult, endMs: number): readonly Sample[] {
  const lastMs = Date.parse(until);
  const samples = memoryMb.map((memory, index) => ({
    atMs: lastMs - (memoryMb.length - 1 - index) * stepMs,
    cpuPercent: cpuPercent[index] ?? null,
    memoryMb: memory,
  }));
  const measured = samples.filter(({ memoryMb: memory, cpuPercent: cpu }) => memory !== null || cpu !== null);
  return measured.filter(({ atMs }) => atMs <= endMs).slice(-SAMPLES);
}

function linesUntil(lines: readonly LogLine[], end: EngineEvent | undefined): readonly LogLine[] {
  if (end === undefined) return lines.slice(-LINES);
  const endMs = Date.parse(end.time) + LATE_MS;
  // Without timestamps nobody knows which run a line is of.
  return lines.filter(({ time }) => time === null || Date.parse(time) <= endMs).slice(-LINES);
}

function amount(value: number | null): string {
  return value === null ? 'what was its limit then' : String(value);
}

/** What comes next, as far as it is decided: the state's own sentence, and how near a cooldown is. */
export function cooldownOutlook({ restarts, limit, windowMs, durationMs, until }: CooldownView): string {
  const count = `${String(restarts.length)} of ${String(limit)} restarts within ${formatDuration(windowMs)}`;
  return until === null
    ? `${count}; at ${String(limit)} it would rest ${formatDuration(durationMs)}`
    : `${count}: it rests, and is tried again afterwards`;
}
