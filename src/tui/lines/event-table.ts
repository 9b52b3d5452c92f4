import type { EngineEvent } from '../../protocol/engine-event.ts';
import { ALL_EVENT_KINDS } from '../../protocol/event-kinds.ts';
import { selectLogEntries } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import { eventOfEntry, isCause, type LogEntry, type Story, summaryOf } from '../state/stories.ts';
import { dataText } from '../text/data-text.ts';
import { timeOfDay } from '../text/figures.ts';
import { fitText } from '../text/narrow-text.ts';
import { type RecordTable, rowOf } from './record-table.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { toneOfKind } from '../style/tone-of-kind.ts';

/** The width of the longest event kind. */
const KIND_WIDTH = Math.max(...ALL_EVENT_KINDS.map((kind) => kind.length));

interface Widths {
  readonly time: number;
  readonly kind: number;
  readonly who: number;
}

function widthsAt(columns: number): Widths {
  if (columns >= 100) return { time: 8, kind: KIND_WIDTH, who: 24 };
  return columns >= 60 ? { time: 8, kind: 18, who: 14 } : { time: 5, kind: 11, who: 8 };
}

/** Describes the list of events with their reasons, the newest last. What happened to a program is folded into stories. */
export function eventTable(state: State, { columns, glyphs }: Scene): RecordTable {
  const entries = selectLogEntries(state);
  const { time, kind, who } = widthsAt(columns);
  const { isFollowing, selectedIndex, top } = state.records.events;
  const isDated = entries.some((entry) => entry.kind === 'date');
  const newerEntries = state.newestFirst ? entries.slice(0, selectedIndex) : entries.slice(selectedIndex + 1);
  const newer = newerEntries.filter((entry) => entry.kind !== 'date').length;
  const hasStories = entries.some((entry) => entry.kind === 'story');
  const notes = [
    isFollowing ? 'following' : newer > 0 ? `${newer} newer, f: follow` : 'f: follow',
    hasStories ? 'Space: unfold' : '',
  ];
  const cells = (at: string, what: Span, program: string | null, isBelowDate = isDated): Span[] => [
    span(`${isBelowDate ? timeOfDay(at).slice(0, time) : timeText(at, state.nowMs, time)} `, 'muted'),
    span(`${fitText(what.text, kind, glyphs.ellipsis)} `, what.tone),
    span(`${fitText(program ?? 'engine', who, glyphs.ellipsis)} `),
  ];
  const row = (entry: LogEntry): Span[] => {
    if (entry.kind === 'date') return dateRow(entry.date, glyphs);
    if (entry.kind === 'story') return storyRow(entry.story, entry.isOpen, cells, glyphs);
    const { event, isInStory } = entry;
    const what = span(`${isInStory ? '  ' : ''}${event.kind}`, toneOfKind(event.kind));
    return [...cells(event.time, what, event.process, isDated && !isInStory), span(event.reason)];
  };
  return {
    heading: [
      span(
        ` ${(isDated ? dayHeading(entries, top, state.nowMs) : 'Time').padEnd(time)} ${'Kind'.padEnd(kind)} ${'Process'.padEnd(who)} Reason`,
        'strong',
      ),
    ],
    note: `   (${notes.filter((note) => note !== '').join(', ')})`,
    count: entries.length,
    row: (index) => rowOf(entries, index, row),
    detail: (index) => detailOf(entries[index]),
    empty: state.status === null ? 'not connected to the engine yet' : 'no events yet',
  };
}

/** Returns the date of the first row that is shown, whose own row may be further up; for today, the usual heading. */
function dayHeading(entries: readonly LogEntry[], top: number, nowMs: number): string {
  const first = entries.slice(top).find((entry) => entry.kind !== 'date');
  const newest = first?.kind === 'story' ? first.story.events.at(-1) : eventOfEntry(first);
  const time = new Date(newest?.time ?? nowMs);
  return isSameDay(time, nowMs) ? 'Time' : monthAndDay(time);
}

function isSameDay(time: Date, nowMs: number): boolean {
  return new Date(nowMs).toDateString() === time.toDateString();
}

function monthAndDay(time: Date): string {
  return [time.getMonth() + 1, time.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** Formats the time, and for events of other days the date. */
function timeText(iso: string, nowMs: number, width: number): string {
  const time = new Date(iso);
  if (isSameDay(time, nowMs) || nowMs - time.getTime() < DAY_MS / 2) return timeOfDay(iso).slice(0, width);
  const date = monthAndDay(time);
  return (width >= 8 ? `${date} ${timeOfDay(iso).slice(0, 2)}h` : date).slice(0, width).padEnd(width);
}

const DAY_MS = 86_400_000;

function dateRow(date: string, { rule }: Scene['glyphs']): Span[] {
  return [span(`${rule.repeat(2)} ${date} ${rule.repeat(2)}`, 'muted')];
}

/** Draws a story on one row: its fault, how often it happened, and what it led to. */
function storyRow(
  story: Story,
  isOpen: boolean,
  cells: (at: string, what: Span, program: string | null) => Span[],
  { folded, unfolded, times, arrow }: Scene['glyphs'],
): Span[] {
  const summary = summaryOf(story);
  if (summary === null) return [];
  const { cause, count, outcome } = summary;
  const sign = isOpen ? unfolded : folded;
  const often = count > 1 ? ` ${times}${String(count)}` : '';
  const what = span(`${sign} ${cause.kind}${often}`, toneOfKind(cause.kind));
  const end = isCause(outcome) ? [] : [span(`${arrow} ${outcome.kind} `, toneOfKind(outcome.kind))];
  return [...cells(outcome.time, what, cause.process), ...end, span(cause.reason)];
}

function detailOf(entry: LogEntry | undefined): ReturnType<RecordTable['detail']> {
  if (entry === undefined || entry.kind === 'date') return { title: '', text: '' };
  if (entry.kind === 'event') return eventDetail(entry.event);
  const { events } = entry.story;
  const summary = summaryOf(entry.story);
  const [first] = events;
  if (summary === null || first === undefined) return { title: '', text: '' };
  const { cause, outcome } = summary;
  const title = `${new Date(first.time).toLocaleString('sv')} to ${timeOfDay(outcome.time)}  ${cause.process ?? 'engine'}, ${String(events.length)} events`;
  return { title, text: `${cause.reason}  |  ${outcome.kind}: ${outcome.reason}` };
}

function eventDetail(event: EngineEvent): ReturnType<RecordTable['detail']> {
  const pid = event.pid === null ? '' : `, pid ${event.pid}`;
  const title = `${new Date(event.time).toLocaleString('sv')}  ${event.kind}  ${event.process ?? 'engine'}${pid}`;
  return { title, text: [event.reason, dataText(event.data)].filter((part) => part !== '').join('  |  ') };
}
