import type { EngineEvent } from '../../protocol/engine-event.ts';
import { meaningOf } from '../../protocol/event-kinds.ts';
import type { NewestAt } from './record-list.ts';
import { memoizeLast } from './memoize-last.ts';

/** What happened to a program from a fault on, such as a crash loop up to its cooldown. */
export interface Story {
  /** The number of its first event. */
  readonly seq: number;
  /** The oldest first. */
  readonly events: readonly EngineEvent[];
}

/** A row of the healing log: an event, or a story that is folded or opened. */
export type LogEntry =
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
    return groups
      .toSorted((a, b) => sign * ((a.at(-1)?.seq ?? 0) - (b.at(-1)?.seq ?? 0)))
      .flatMap((group): LogEntry[] => {
        const [first] = group;
        if (first === undefined) return [];
        if (group.length === 1) return [{ kind: 'event', event: first, isInStory: false }];
        const isOpen = opened.has(first.seq);
        const story: LogEntry = { kind: 'story', story: { seq: first.seq, events: group }, isOpen };
        return [story, ...(isOpen ? group.map((event) => ({ kind: 'event', event, isInStory: true }) as const) : [])];
      });
  },
);

/** Returns the key of a row, which it keeps while other rows are added. */
export function keyOfEntry(entry: LogEntry): string {
  return entry.kind === 'event' ? String(entry.event.seq) : `story ${String(entry.story.seq)}`;
}

/** Returns the program that a row is about. */
export function programOfEntry(entry: LogEntry | undefined): string | null {
  if (entry === undefined) return null;
  return entry.kind === 'event' ? entry.event.process : (entry.story.events[0]?.process ?? null);
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
