import type { LogLevel } from '../../base/structured-text.ts';
import { withDates } from './date-lines.ts';
import type { LogGoal } from './log-goal.ts';
import { memoizeLast } from './memoize-last.ts';
import type { Bookmark, CleanLine, NumberedLine } from './numbered-line.ts';
import { byFields, hasLevel } from './structured-output.ts';

export type { CleanLine, NumberedLine } from './numbered-line.ts';

/** Lines that arrived together, and where they are in the log. */
export interface LogArrival {
  readonly lines: readonly CleanLine[];
  readonly skipped: number;
  /** Whether the first line is the whole of the last one of its stream, which was not finished. */
  readonly continues?: boolean;
  /** The cursor before the first line; undefined if it is unknown. */
  readonly before?: string | undefined;
}

/** What is looked for in older lines: the search text, the first line of the log, a bookmark, or a place in the log. */
export type LogSeek =
  { readonly kind: 'match' | 'beginning' | 'bookmark' } | { readonly kind: 'goal'; readonly goal: LogGoal };

/** The streams that are shown. */
export type StreamChoice = 'both' | 'stdout' | 'stderr';
/** How times are shown. */
export type TimeChoice = 'time' | 'date' | 'none';

/** Settings that are kept when the log of another program is opened. */
export interface LogReading {
  readonly wraps: boolean;
  readonly stream: StreamChoice;
  /** The least level of lines that are shown; null for all lines. */
  readonly level: LogLevel | null;
  /** Whether JSON lines are shown by their fields. */
  readonly showsFields: boolean;
  readonly times: TimeChoice;
  /** The programs whose lines are hidden where several are shown. */
  readonly muted: ReadonlySet<string>;
  /** The bookmarks of all programs, also in lines that are not held. */
  readonly bookmarks: readonly Bookmark[];
}

/** Lines that arrived, and how many of them are shown, not held, or were not sent. */
export interface FreshLines {
  readonly arrived: number;
  readonly shown: number;
  readonly unheld: number;
  readonly skipped: number;
}

export const NO_FRESH_LINES: FreshLines = { arrived: 0, shown: 0, unheld: 0, skipped: 0 };

/** A view of the output of one program, or of several programs ordered by time. */
export interface LogView extends LogReading {
  /** The programs whose output it shows; empty if it shows none. */
  readonly ids: readonly string[];
  /** Whether the engine has sent what there is. */
  readonly isLoaded: boolean;
  readonly lines: readonly NumberedLine[];
  readonly nextNumber: number;
  /** Lines that were written too fast to be sent; they are in the log file. */
  readonly skipped: number;
  /** The cursor of the lines before the first one of each program; a program without older lines has none. */
  readonly older: ReadonlyMap<string, string>;
  /** Whether older lines are to be read. */
  readonly wantsOlder: boolean;
  readonly seek: LogSeek | null;
  /** Newer lines that are not held, because the log is being read further back. */
  readonly unheld: number;
  /** What arrived since the last tick. Headings count it only then, so that they do not change all the time. */
  readonly fresh: FreshLines;
  /** The lines that arrived within the last second. */
  readonly perSecond: number;
  readonly isFollowing: boolean;
  /** The number of the first line on the screen while it is not following, and its first row if lines are wrapped. */
  readonly top: number;
  readonly topRow: number;
  /** The first column on the screen while it is not wrapping. */
  readonly column: number;
  readonly search: string;
  /** Whether lines without the search text are hidden. */
  readonly matchesOnly: boolean;
  /** The number of the current match; null if there is none. */
  readonly match: number | null;
}

const NONE_MUTED: ReadonlySet<string> = new Set();
const DEFAULT_READING: LogReading = {
  wraps: false,
  stream: 'both',
  level: null,
  showsFields: false,
  times: 'time',
  muted: NONE_MUTED,
  bookmarks: [],
};

/** Creates a log without lines. */
export function emptyLog(ids: readonly string[], reading: LogReading = DEFAULT_READING): LogView {
  const { wraps, stream, level, showsFields, times, muted, bookmarks } = reading;
  return {
    wraps,
    stream,
    level,
    showsFields,
    times,
    ids,
    muted,
    bookmarks,
    isLoaded: false,
    lines: [],
    nextNumber: 0,
    skipped: 0,
    older: new Map(),
    wantsOlder: false,
    seek: null,
    unheld: 0,
    fresh: NO_FRESH_LINES,
    perSecond: 0,
    isFollowing: true,
    top: 0,
    topRow: 0,
    column: 0,
    search: '',
    matchesOnly: false,
    match: null,
  };
}

/** Opens the log of other programs with the same settings; the same object if they are already shown. */
export function openLog(log: LogView, ids: readonly string[]): LogView {
  const isSame = ids.length === log.ids.length && ids.every((id, index) => id === log.ids[index]);
  return isSame ? log : emptyLog(ids, log);
}

/** Stops reading older lines, and what is sought in them; the same object if nothing is being read. */
export function stopReading(log: LogView): LogView {
  return log.wantsOlder || log.seek !== null ? { ...log, wantsOlder: false, seek: null } : log;
}

/** Returns the time from which the lines of all programs are held; empty if all of them are. */
const completeFrom = memoizeLast((lines: readonly NumberedLine[], older: ReadonlyMap<string, string>): string => {
  const begun = new Set<string>();
  let from = '';
  for (const { program, time } of lines) {
    if (begun.size === older.size) break;
    if (!older.has(program) || begun.has(program)) continue;
    begun.add(program);
    if ((time ?? '') > from) from = time ?? '';
  }
  return from;
});

/** Returns the time from which on all lines are held; null if no line has a time. */
export function completeSince({ ids, lines, older }: LogView): string | null {
  const from = ids.length > 1 ? completeFrom(lines, older) : '';
  return from !== '' ? from : (lines.find(({ time }) => time !== null)?.time ?? null);
}

/** What a line has to be like to be shown. */
interface LineFilter {
  readonly stream: StreamChoice;
  readonly level: LogLevel | null;
  readonly wanted: string;
  readonly muted: ReadonlySet<string>;
  readonly from: string;
}

const filterLines = memoizeLast(
  (
    lines: readonly NumberedLine[],
    stream: StreamChoice,
    level: LogLevel | null,
    wanted: string,
    muted: ReadonlySet<string>,
    from: string,
  ): readonly NumberedLine[] => {
    if (stream === 'both' && level === null && wanted === '' && muted.size === 0 && from === '') return lines;
    return lines.filter((line) => passes(line, { stream, level, wanted, muted, from }));
  },
);

/** Leaves out where runs begin of which a filter shows nothing. */
const withoutEmptyRuns = memoizeLast((lines: readonly NumberedLine[]): readonly NumberedLine[] => {
  const shown = new Set<string>();
  const kept = lines.toReversed().filter(({ program, mark }) => {
    if (mark !== undefined) return shown.delete(program);
    shown.add(program);
    return true;
  });
  return kept.length === lines.length ? lines : kept.toReversed();
});

/** In the log of several programs, most lines would say where runs begin that the filter shows nothing of. */
function hidesEmptyRuns({ ids, stream, level }: LogView): boolean {
  return ids.length > 1 && (stream !== 'both' || level !== null);
}

const linesByFields = memoizeLast((lines: readonly NumberedLine[]): readonly NumberedLine[] => lines.map(byFields));

function passes(line: NumberedLine, filter: LineFilter): boolean {
  const { program, stream, text, time, mark } = line;
  return (
    !filter.muted.has(program) &&
    (filter.stream === 'both' || stream === filter.stream || mark !== undefined) &&
    hasLevel(line, filter.level) &&
    (filter.from === '' || time === null || time >= filter.from) &&
    (filter.wanted === '' || matches(text, filter.wanted))
  );
}

const datedLines = memoizeLast((lines: readonly NumberedLine[]): readonly NumberedLine[] =>
  withDates(lines, ({ program, stream, time }, number, text) => ({
    program,
    stream,
    time,
    number,
    text,
    partial: false,
    changes: [],
    mark: 'date',
  })),
);

/**
 * Returns the lines that match the stream, the level and the search, and the dates between them. In the log of several programs, lines from before a time of
 * which the lines of another program have not been read yet are left out.
 */
export function shownLines(log: LogView): readonly NumberedLine[] {
  const { ids, lines, older, stream, level, showsFields, matchesOnly, search, muted } = log;
  const from = ids.length > 1 ? completeFrom(lines, older) : '';
  const hidden = ids.length > 1 ? muted : NONE_MUTED;
  const written = showsFields ? linesByFields(lines) : lines;
  const filtered = filterLines(written, stream, level, matchesOnly ? search : '', hidden, from);
  return datedLines(hidesEmptyRuns(log) ? withoutEmptyRuns(filtered) : filtered);
}

/** Counts the lines that a view would show. */
export function countShown(lines: readonly NumberedLine[], log: LogView): number {
  const { ids, stream, level, showsFields, matchesOnly, search, muted } = log;
  const hidden = ids.length > 1 ? muted : NONE_MUTED;
  const filter = { stream, level, wanted: matchesOnly ? search : '', muted: hidden, from: '' };
  const isHidden = hidesEmptyRuns(log);
  const fits = (line: NumberedLine): boolean => passes(showsFields ? byFields(line) : line, filter);
  return lines.filter((line) => fits(line) && !(isHidden && line.mark !== undefined)).length;
}

/** Returns whether text contains the search, ignoring case. */
export function matches(text: string, search: string): boolean {
  return search !== '' && text.toLowerCase().includes(search.toLowerCase());
}

const STREAMS: Readonly<Record<StreamChoice, StreamChoice>> = { both: 'stderr', stderr: 'stdout', stdout: 'both' };
const TIMES: Readonly<Record<TimeChoice, TimeChoice>> = { time: 'date', date: 'none', none: 'time' };

/** Hides or shows the lines of a program; the same object if the log does not show it. */
export function toggleMute(log: LogView, program: string | undefined): LogView {
  if (program === undefined || !log.ids.includes(program)) return log;
  const muted = new Set(log.muted);
  if (!muted.delete(program)) muted.add(program);
  return { ...log, muted };
}

/** Switches to the next choice of streams. */
export function nextStream(log: LogView): LogView {
  return { ...log, stream: STREAMS[log.stream] };
}

/** Switches to the next way of showing times. */
export function nextTimes(log: LogView): LogView {
  return { ...log, times: TIMES[log.times] };
}
