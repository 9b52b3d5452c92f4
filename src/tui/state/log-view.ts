import type { StyledText } from '../../base/styled-text.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import { memoizeLast } from './memoize-last.ts';

/** A line of output that is safe to show. */
export type CleanLine = LogLine & StyledText;

/** A line with its program, and a number that it keeps when older lines are dropped. */
export type NumberedLine = CleanLine & { readonly number: number; readonly program: string };

/** Lines that arrived together, and where they are in the log. */
export interface LogArrival {
  readonly lines: readonly CleanLine[];
  readonly skipped: number;
  /** Whether the first line is the whole of the last one of its stream, which was not finished. */
  readonly continues?: boolean;
  /** The cursor before the first line; undefined if it is unknown. */
  readonly before?: string | undefined;
}

/** A line that begins at a known position of the log. */
export interface LogMark {
  readonly number: number;
  readonly cursor: string;
}

/** What is looked for in older lines: the search text, or the first line of the log. */
export type LogSeek = 'match' | 'beginning';

/** The streams that are shown. */
export type StreamChoice = 'both' | 'stdout' | 'stderr';
/** How times are shown. */
export type TimeChoice = 'time' | 'date' | 'none';

/** Settings that are kept when the log of another program is opened. */
export interface LogReading {
  readonly wraps: boolean;
  readonly stream: StreamChoice;
  readonly times: TimeChoice;
}

/** A view of the output of one program, or of several programs ordered by time. */
export interface LogView extends LogReading {
  /** The programs whose output it shows; empty if it shows none. */
  readonly ids: readonly string[];
  /** The programs whose lines are hidden. */
  readonly muted: ReadonlySet<string>;
  readonly lines: readonly NumberedLine[];
  readonly nextNumber: number;
  /** Lines that were written too fast to be sent; they are in the log file. */
  readonly skipped: number;
  /** Positions of some of the lines, the oldest first: lines are dropped up to one of them. */
  readonly marks: readonly LogMark[];
  /** The cursor of the lines before the first one; null at the beginning of the log, or if it is unknown. */
  readonly older: string | null;
  /** Whether older lines are to be read. */
  readonly wantsOlder: boolean;
  readonly seek: LogSeek | null;
  /** Newer lines that are not held, because the log is being read further back. */
  readonly unheld: number;
  readonly isFollowing: boolean;
  /** The number of the first line on the screen while it is not following. */
  readonly top: number;
  /** The first column on the screen while it is not wrapping. */
  readonly column: number;
  readonly search: string;
  /** Whether lines without the search text are hidden. */
  readonly matchesOnly: boolean;
  /** The number of the current match; null if there is none. */
  readonly match: number | null;
}

const DEFAULT_READING: LogReading = { wraps: false, stream: 'both', times: 'time' };

/** Creates a log without lines. */
export function emptyLog(ids: readonly string[], reading: LogReading = DEFAULT_READING): LogView {
  const { wraps, stream, times } = reading;
  return {
    wraps,
    stream,
    times,
    ids,
    muted: new Set(),
    lines: [],
    nextNumber: 0,
    skipped: 0,
    marks: [],
    older: null,
    wantsOlder: false,
    seek: null,
    unheld: 0,
    isFollowing: true,
    top: 0,
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

/** Adds lines of a program to the log; output of programs that are not shown is ignored. */
export function appendLog(
  log: LogView,
  program: string,
  lines: readonly CleanLine[],
  skipped: number,
  { continues = false, before }: Pick<LogArrival, 'continues' | 'before'> = {},
): LogView {
  if (!log.ids.includes(program)) return log;
  // While it is being read, the log holds still: what does not fit is read again when it follows.
  if (!log.isFollowing && (log.unheld > 0 || log.lines.length >= TUI_LIMITS.logLines)) {
    return { ...log, unheld: log.unheld + lines.length, skipped: log.skipped + skipped };
  }
  const [first] = lines;
  const open = continues && first !== undefined ? openIndex(log, program, first) : -1;
  const held = open === -1 || first === undefined ? log.lines : replaced(log.lines, open, first);
  const news = open === -1 ? lines : lines.slice(1);
  const numbered = news.map((line, index): NumberedLine => ({ ...line, program, number: log.nextNumber + index }));
  const isOne = log.ids.length === 1;
  const all = isOne ? [...held, ...numbered] : mergeByTime(held, numbered);
  const isMarked = isOne && before !== undefined && open === -1 && news.length > 0;
  const marks = isMarked ? [...log.marks, { number: log.nextNumber, cursor: before }] : log.marks;
  const next = {
    ...log,
    lines: all,
    marks,
    nextNumber: log.nextNumber + news.length,
    skipped: log.skipped + skipped,
    older: log.lines.length === 0 && isMarked ? before : log.older,
  };
  return withoutOldest(next);
}

/** Drops the oldest lines above the limit, up to one whose position is known if possible. */
function withoutOldest(log: LogView): LogView {
  const excess = log.lines.length - TUI_LIMITS.logLines;
  if (excess <= 0) return log;
  const least = log.lines[excess]?.number ?? 0;
  const mark = log.marks.find(({ number }) => number >= least);
  if (mark === undefined) return { ...log, lines: log.lines.slice(excess), marks: [], older: null };
  return {
    ...log,
    lines: log.lines.filter(({ number }) => number >= mark.number),
    marks: log.marks.filter(({ number }) => number >= mark.number),
    older: mark.cursor,
  };
}

/** Returns the index of the unfinished line that a record continues; -1 if there is none. */
function openIndex({ lines }: LogView, program: string, { stream }: CleanLine): number {
  const index = lines.findLastIndex((line) => line.program === program && line.stream === stream);
  return lines[index]?.partial === true ? index : -1;
}

function replaced(lines: readonly NumberedLine[], index: number, line: CleanLine): readonly NumberedLine[] {
  return lines.map((each, at) => (at === index ? { ...each, ...line, time: each.time } : each));
}

/** Stops reading older lines, and what is sought in them; the same object if nothing is being read. */
export function stopReading(log: LogView): LogView {
  return log.wantsOlder || log.seek !== null ? { ...log, wantsOlder: false, seek: null } : log;
}

/** Merges lines of several programs. Their tails arrive one after another, so older lines are sorted in. */
function mergeByTime(lines: readonly NumberedLine[], more: readonly NumberedLine[]): readonly NumberedLine[] {
  const last = lines.at(-1)?.time ?? '';
  const first = more[0]?.time ?? '';
  const merged = [...lines, ...more];
  if (first >= last) return merged;
  merged.sort((a, b) => compareTimes(a.time ?? '', b.time ?? ''));
  return merged.map((line, index) => ({ ...line, number: (lines[0]?.number ?? 0) + index }));
}

function compareTimes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const filterLines = memoizeLast(
  (
    lines: readonly NumberedLine[],
    stream: StreamChoice,
    wanted: string,
    muted: ReadonlySet<string>,
  ): readonly NumberedLine[] =>
    stream === 'both' && wanted === '' && muted.size === 0
      ? lines
      : lines.filter(
          (line) =>
            !muted.has(line.program) &&
            (stream === 'both' || line.stream === stream || line.mark !== undefined) &&
            (wanted === '' || matches(line.text, wanted)),
        ),
);

/** Returns the lines that match the stream and the search. */
export function shownLines({ lines, stream, matchesOnly, search, muted }: LogView): readonly NumberedLine[] {
  return filterLines(lines, stream, matchesOnly ? search : '', muted);
}

/** Returns the index of the first shown line on the screen, if each line takes one row. */
export function topIndex(log: LogView, height: number): number {
  const shown = shownLines(log);
  const last = Math.max(0, shown.length - height);
  if (log.isFollowing) return last;
  const found = shown.findIndex(({ number }) => number >= log.top);
  return found === -1 ? last : Math.min(found, last);
}

/** Scrolls by a number of lines; at the end, it follows new output again. */
export function scrollLog(log: LogView, by: number, height: number): LogView {
  const shown = shownLines(log);
  const last = Math.max(0, shown.length - height);
  const index = Math.max(0, Math.min(last, topIndex(log, height) + by));
  const wantsOlder = by < 0 && index < height && log.older !== null;
  const seek = wantsOlder && by < -shown.length ? 'beginning' : null;
  return { ...log, top: shown[index]?.number ?? 0, isFollowing: index === last && log.unheld === 0, wantsOlder, seek };
}

/** Starts or stops following new output. */
export function toggleFollow(log: LogView, height: number): LogView {
  // Lines that are not held are read again.
  if (!log.isFollowing && log.unheld > 0) return { ...emptyLog([...log.ids], log), search: log.search };
  const top = shownLines(log)[topIndex(log, height)]?.number ?? 0;
  return { ...log, top, isFollowing: !log.isFollowing };
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

/** Returns whether text contains the search, ignoring case. */
export function matches(text: string, search: string): boolean {
  return search !== '' && text.toLowerCase().includes(search.toLowerCase());
}

/** The number of matching lines, and which of them is the current match, counted from 1; null if there is none. */
export interface MatchCount {
  readonly at: number | null;
  readonly of: number;
}

const matchingNumbers = memoizeLast((lines: readonly NumberedLine[], search: string): readonly number[] =>
  lines.filter(({ text }) => matches(text, search)).map(({ number }) => number),
);

/** Counts the lines that match the search. */
export function countMatches(log: LogView): MatchCount {
  const numbers = matchingNumbers(shownLines(log), log.search);
  const index = log.match === null ? -1 : numbers.indexOf(log.match);
  return { at: index === -1 ? null : index + 1, of: numbers.length };
}

/** Moves to the next or previous matching line, wrapping around; null if no line matches. */
export function findInLog(log: LogView, direction: 1 | -1, height: number): LogView | null {
  const shown = shownLines(log);
  const count = shown.length;
  const at = log.match === null ? -1 : shown.findIndex(({ number }) => number === log.match);
  const from = at === -1 ? (direction === 1 ? topIndex(log, height) - 1 : count) : at;
  for (let step = 1; step <= count; step += 1) {
    const index = (((from + direction * step) % count) + count) % count;
    const line = shown[index];
    if (line === undefined || !matches(line.text, log.search)) continue;
    const last = Math.max(0, count - height);
    const top = Math.max(0, Math.min(last, index - Math.floor(height / 2)));
    return { ...log, match: line.number, top: shown[top]?.number ?? 0, isFollowing: false };
  }
  return null;
}
