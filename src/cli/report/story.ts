import { formatDuration } from '../../base/duration.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { type EventKind, meaningOf } from '../../protocol/event-kinds.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { ruleText } from './rule-text.ts';

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
    rule: trigger === null ? null : ruleText(trigger.kind, spec),
    samples: samplesUntil(history, trigger === null ? Infinity : Date.parse(trigger.time)),
    events: told,
    lines: linesUntil(lines, trigger === null ? undefined : told.find(({ kind }) => ENDS.has(kind))),
  };
}

/** The cause rather than the end it led to: a limit rather than the exit by SIGTERM that followed. */
function indexOfTrigger(events: readonly EngineEvent[]): number {
  const isFault = ({ kind }: EngineEvent): boolean => meaningOf(kind).rule !== undefined;
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

/** What comes next, as far as it is decided: the state's own sentence, and how near a cooldown is. */
export function cooldownOutlook({ restarts, limit, windowMs, durationMs, until }: CooldownView): string {
  const count = `${String(restarts.length)} of ${String(limit)} restarts within ${formatDuration(windowMs)}`;
  return until === null
    ? `${count}; at ${String(limit)} it would rest ${formatDuration(durationMs)}`
    : `${count}: it rests, and is tried again afterwards`;
}
