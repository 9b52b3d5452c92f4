import type { StyledText } from '../../base/styled-text.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import { TUI_LIMITS } from '../style/limits.ts';
import { memoizeLast } from './memoize-last.ts';

/** A line of output that is safe to be shown. */
export type CleanLine = LogLine & StyledText;

/** A line with a number that stays its own when old ones are dropped, and whose it is. */
export type NumberedLine = CleanLine & { readonly number: number; readonly program: string };

export type StreamChoice = 'both' | 'stdout' | 'stderr';
export type TimeChoice = 'time' | 'date' | 'none';

/** How a log is read: stays when another program's log is opened. */
export interface LogReading {
  readonly wraps: boolean;
  readonly stream: StreamChoice;
  readonly times: TimeChoice;
}

/** A window on the output of one program, or of several in the order of time. */
export interface LogView extends LogReading {
  /** Whose output; empty when none is shown. */
  readonly ids: readonly string[];
  readonly lines: readonly NumberedLine[];
  readonly nextNumber: number;
  /** Lines that came too fast to be sent; they stand in the log file. */
  readonly skipped: number;
  readonly isFollowing: boolean;
  /** Number of the first line on the screen, while not following. */
  readonly top: number;
  /** First column on the screen, while not wrapping. */
  readonly column: number;
  readonly search: string;
  /** Whether lines without the search text are left out. */
  readonly matchesOnly: boolean;
  /** Number of the line that n and N stand on. */
  readonly match: number | null;
}

const USUAL_READING: LogReading = { wraps: false, stream: 'both', times: 'time' };

export function emptyLog(ids: readonly string[], reading: LogReading = USUAL_READING): LogView {
  const { wraps, stream, times } = reading;
  return {
    wraps,
    stream,
    times,
    ids,
    lines: [],
    nextNumber: 0,
    skipped: 0,
    isFollowing: true,
    top: 0,
    column: 0,
    search: '',
    matchesOnly: false,
    match: null,
  };
}

/** Another program's output, read as the last one was. */
export function openLog(log: LogView, ids: readonly string[]): LogView {
  const isSame = ids.length === log.ids.length && ids.every((id, index) => id === log.ids[index]);
  return isSame ? log : emptyLog(ids, log);
}

export function appendLog(log: LogView, program: string, lines: readonly CleanLine[], skipped: number): LogView {
  if (!log.ids.includes(program)) return log;
  const numbered = lines.map((line, index): NumberedLine => ({ ...line, program, number: log.nextNumber + index }));
  const all = log.ids.length === 1 ? [...log.lines, ...numbered] : mergeByTime(log.lines, numbered);
  return {
    ...log,
    lines: all.slice(-TUI_LIMITS.logLines),
    nextNumber: log.nextNumber + lines.length,
    skipped: log.skipped + skipped,
  };
}

/** The tails of several programs come one after the other; what is older than what is shown goes before it. */
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
  (lines: readonly NumberedLine[], stream: StreamChoice, wanted: string): readonly NumberedLine[] =>
    stream === 'both' && wanted === ''
      ? lines
      : lines.filter(
          (line) => (stream === 'both' || line.stream === stream) && (wanted === '' || matches(line.text, wanted)),
        ),
);

/** The lines that the stream and the search leave. */
export function shownLines({ lines, stream, matchesOnly, search }: LogView): readonly NumberedLine[] {
  return filterLines(lines, stream, matchesOnly ? search : '');
}

/** Where in the shown lines the screen begins, when each line takes one row. */
export function topIndex(log: LogView, height: number): number {
  const shown = shownLines(log);
  const last = Math.max(0, shown.length - height);
  if (log.isFollowing) return last;
  const found = shown.findIndex(({ number }) => number >= log.top);
  return found === -1 ? last : Math.min(found, last);
}

/** Moves the window; reaching the end follows again. */
export function scrollLog(log: LogView, by: number, height: number): LogView {
  const shown = shownLines(log);
  const last = Math.max(0, shown.length - height);
  const index = Math.max(0, Math.min(last, topIndex(log, height) + by));
  return { ...log, top: shown[index]?.number ?? 0, isFollowing: index === last };
}

export function toggleFollow(log: LogView, height: number): LogView {
  const top = shownLines(log)[topIndex(log, height)]?.number ?? 0;
  return { ...log, top, isFollowing: !log.isFollowing };
}

const STREAMS: Readonly<Record<StreamChoice, StreamChoice>> = { both: 'stderr', stderr: 'stdout', stdout: 'both' };
const TIMES: Readonly<Record<TimeChoice, TimeChoice>> = { time: 'date', date: 'none', none: 'time' };

export function turnStream(log: LogView): LogView {
  return { ...log, stream: STREAMS[log.stream] };
}

export function turnTimes(log: LogView): LogView {
  return { ...log, times: TIMES[log.times] };
}

export function matches(text: string, search: string): boolean {
  return search !== '' && text.toLowerCase().includes(search.toLowerCase());
}

/** Which of the lines that have the search text n and N stand on, counted from 1; null while on none. */
export interface MatchCount {
  readonly at: number | null;
  readonly of: number;
}

const matchingNumbers = memoizeLast((lines: readonly NumberedLine[], search: string): readonly number[] =>
  lines.filter(({ text }) => matches(text, search)).map(({ number }) => number),
);

export function countMatches(log: LogView): MatchCount {
  const numbers = matchingNumbers(shownLines(log), log.search);
  const index = log.match === null ? -1 : numbers.indexOf(log.match);
  return { at: index === -1 ? null : index + 1, of: numbers.length };
}

/** Goes to the next line that has the search text, round the end; null when no line has it. */
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
