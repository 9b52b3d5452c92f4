import type { EngineEvent } from '../../protocol/engine-event.ts';
import { meaningOf } from '../../protocol/event-kinds.ts';
import { withDates } from './date-lines.ts';
import { type NewestAt, separatorKey } from './record-list.ts';
import { memoizeLast } from './memoize-last.ts';

/** What happened to a program from a fault on, such as a crash loop up to its cooldown. */
export interface Story {
  /** The number of its first event. */
  readonly seq: number;
  /** The oldest first. */
  readonly events: readonly EngineEvent[];
}

/** A row of the healing log: an event, a story that is folded or opened, or the date of the rows after it. */
export type LogEntry =
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'event'; readonly event: EngineEvent; readonly isInStory: boolean }
  | { readonly kind: 'story'; readonly story: Story; readonly isOpen: boolean };

/** Events that follow the one before within this time belong to the same story. */
const QUIET_MS = 5 * 60_000;
/** Fewer events are not folded. */
const LEAST_EVENTS = 3;

/** Returns whether an event is what a story is about: a fault or an anomaly. */
export function isCause({ kind }: EngineEvent): boolean {
  const { tone, is } = meaningOf(kind);
  return is === 'anomaly' || (tone === 'bad' && is !== 'response');
}

/** Returns whether an event continues what happened: after a cooldown has ended, another fault begins another story. */
function continues(story: readonly EngineEvent[], event: EngineEvent): boolean {
  const last = story.at(-1);
  if (last === undefined || Date.parse(event.time) - Date.parse(last.time) > QUIET_MS) return false;
  return !isCause(event) || story.every(({ kind }) => kind !== 'cooldown-ended');
}

/** Groups the events of each program into stories that begin with a fault; all others stand by themselves. */
function groupEvents(events: readonly EngineEvent[]): readonly (readonly EngineEvent[])[] {
  const open = new Map<string, EngineEvent[]>();
  const groups: EngineEvent[][] = [];
  for (const event of events) {
    const current = event.process === null ? undefined : open.get(event.process);
    if (current !== undefined && continues(current, event)) {
      current.push(event);
      continue;
    }
    const group = [event];
    groups.push(group);
    if (event.process !== null && isCause(event)) open.set(event.process, group);
    else if (event.process !== null) open.delete(event.process);
  }
  return groups.flatMap((group) => (group.length < LEAST_EVENTS ? group.map((event) => [event]) : [group]));
}

/**
 * Returns the rows of the healing log, in the order of the newest event of each. `opened` are stories to show in full, always
 * with their first event first.
 */
export const logEntries = memoizeLast(
  (
    events: readonly EngineEvent[],
    isFolding: boolean,
    opened: ReadonlySet<number>,
    newestAt: NewestAt = 'end',
  ): readonly LogEntry[] => {
    const sign = newestAt === 'end' ? 1 : -1;
    const groups = isFolding ? groupEvents(events) : events.map((event) => [event]);
    const sorted = groups.toSorted((a, b) => sign * ((a.at(-1)?.seq ?? 0) - (b.at(-1)?.seq ?? 0)));
    return datedGroups(sorted).flatMap(({ group, date }): LogEntry[] => {
      if (date !== null) return [{ kind: 'date', date }];
      const [first] = group;
      if (first === undefined) return [];
      if (group.length === 1) return [{ kind: 'event', event: first, isInStory: false }];
      const isOpen = opened.has(first.seq);
      const story: LogEntry = { kind: 'story', story: { seq: first.seq, events: group }, isOpen };
      return [story, ...(isOpen ? group.map((event) => ({ kind: 'event', event, isInStory: true }) as const) : [])];
    });
  },
);

/** Events that share a row, or the date of those after it. */
interface DatedGroup {
  readonly number: number;
  /** When its newest event happened. */
  readonly time: string | null;
  readonly group: readonly EngineEvent[];
  readonly date: string | null;
}

function datedGroups(sorted: readonly (readonly EngineEvent[])[]): readonly DatedGroup[] {
  const groups = sorted.map((group, number) => ({ number, time: group.at(-1)?.time ?? null, group, date: null }));
  return withDates<DatedGroup>(groups, ({ time }, number, date) => ({ number, time, group: [], date }));
}

/** Returns the key of a row, which it keeps while other rows are added. */
export function keyOfEntry(entry: LogEntry): string {
  if (entry.kind === 'date') return separatorKey(entry.date);
  return entry.kind === 'event' ? String(entry.event.seq) : `story ${String(entry.story.seq)}`;
}

/** Returns the program that a row is about. */
export function programOfEntry(entry: LogEntry | undefined): string | null {
  if (entry === undefined || entry.kind === 'date') return null;
  return entry.kind === 'event' ? entry.event.process : (entry.story.events[0]?.process ?? null);
}

/** Returns the event that a row is about: of a story, its fault. */
export function eventOfEntry(entry: LogEntry | undefined): EngineEvent | null {
  if (entry === undefined || entry.kind === 'date') return null;
  return entry.kind === 'event' ? entry.event : (summaryOf(entry.story)?.cause ?? null);
}

/** What a story comes down to. */
export interface StorySummary {
  /** The fault that happened most often, and how often. */
  readonly cause: EngineEvent;
  readonly count: number;
  /** What it led to so far. */
  readonly outcome: EngineEvent;
}

/** Returns what a story comes down to; null for one without events. */
export function summaryOf({ events }: Story): StorySummary | null {
  const causes = events.filter(isCause);
  const counts = new Map<string, number>();
  for (const { kind } of causes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
  const cause = causes.findLast(({ kind }) => kind === most?.[0]);
  const outcome = events.at(-1);
  return cause === undefined || outcome === undefined ? null : { cause, count: most?.[1] ?? 0, outcome };
}
