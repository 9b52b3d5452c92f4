import { formatDuration } from '../../base/duration.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { type EventKind, meaningOf } from '../../protocol/event-kinds.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { findCleanExits } from './clean-exits.ts';
import { ruleText } from './rule-text.ts';

/** What is known about the last fault of a program. */
export interface Story {
  /** The event that reports the fault; null if no fault is on record. */
  readonly trigger: EngineEvent | null;
  /** What is conspicuous about successful exits; null if nothing is. */
  readonly finding: string | null;
  /** The rule that makes it a fault, with the figures of the definition; null without a trigger. */
  readonly rule: string | null;
  /** Measurements up to the fault, oldest first. */
  readonly samples: readonly Sample[];
  /** The events from the trigger on; without one, those since the last start. */
  readonly events: readonly EngineEvent[];
  /** The last lines that the program printed before it exited. */
  readonly lines: readonly LogLine[];
}

interface Sample {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly cpuPercent: number | null;
  readonly memoryMb: number | null;
}

/** The events from which a story without a fault starts. */
const BEGINNINGS: ReadonlySet<EventKind> = new Set(['started', 'restarted', 'adopted', 'added']);
/** The ends of runs. Later output does not belong to the story. */
const ENDS: ReadonlySet<EventKind> = new Set(['crashed', 'exited']);

const SAMPLES = 10;
const LINES = 10;
/** The exit is known before the log has received the last lines. */
const LATE_MS = 500;

export interface StoryMaterial {
  readonly spec: ProcessSpec;
  /** The events of this program, oldest first. */
  readonly events: readonly EngineEvent[];
  readonly lines: readonly LogLine[];
  readonly history: HistoryResult;
}

/** Returns the story of the last fault of a program. */
export function composeStory({ spec, events, lines, history }: StoryMaterial): Story {
  const start = indexOfTrigger(events);
  const trigger = start === -1 ? null : (events[start] ?? null);
  const since = start === -1 ? events.findLastIndex(({ kind }) => BEGINNINGS.has(kind)) : start;
  const recorded = events.slice(Math.max(0, since));
  return {
    trigger,
    finding: trigger === null || isLaterThan(events, trigger) ? findCleanExits(spec, events) : null,
    rule: trigger === null ? null : ruleText(trigger.kind, spec),
    samples: samplesUntil(history, trigger === null ? Infinity : Date.parse(trigger.time)),
    events: recorded,
    lines: trigger === null ? lines.slice(-LINES) : linesUntil(lines, recorded),
  };
}

/** Returns whether the program was started after its last fault. */
function isLaterThan(events: readonly EngineEvent[], { seq }: EngineEvent): boolean {
  return events.some((event) => event.seq > seq && BEGINNINGS.has(event.kind));
}

/** Returns the cause rather than its effect: an exceeded limit rather than the exit by SIGTERM that followed. */
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

/** Returns the last lines before the end of the run that failed; lines of the next run are left out. */
function linesUntil(lines: readonly LogLine[], recorded: readonly EngineEvent[]): readonly LogLine[] {
  const end = recorded.find(({ kind }) => ENDS.has(kind));
  if (end === undefined) return lines.slice(-LINES);
  const next = recorded.slice(recorded.indexOf(end)).find(({ kind }) => BEGINNINGS.has(kind));
  const endMs = Math.min(Date.parse(end.time) + LATE_MS, next === undefined ? Infinity : Date.parse(next.time));
  // A line without a time may belong to any run.
  return lines.filter(({ time }) => time === null || Date.parse(time) <= endMs).slice(-LINES);
}

/** Returns how close a program is to its cooldown, and what happens then. */
export function cooldownOutlook({ restarts, limit, windowMs, durationMs, until }: CooldownView): string {
  const count = `${String(restarts.length)} of ${String(limit)} restarts within ${formatDuration(windowMs)}`;
  return until === null
    ? `${count} before a cooldown of ${formatDuration(durationMs)}`
    : `${count}: in cooldown, then restarted`;
}
