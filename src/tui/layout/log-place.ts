import { type LogView, emptyLog, matches, type NumberedLine, shownLines } from '../state/log-view.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import { NARROW } from '../style/narrow-characters.ts';
import { wrapText } from '../text/wrap-text.ts';
import { textWidth } from './log-columns.ts';

/** The room that a log has on the screen, without its heading. */
export interface LogRoom {
  readonly height: number;
  readonly columns: number;
}

/** A row of a log: the index of a shown line, and a row of it, which is 0 unless lines are wrapped. */
interface LogPlace {
  readonly index: number;
  readonly row: number;
}

const START: LogPlace = { index: 0, row: 0 };
/** Scrolling further than this goes to an end. */
const ANYWHERE = 1_000_000;

/** Returns how many rows a line takes. */
function rowsOf(line: NumberedLine | undefined, log: LogView, columns: number): number {
  if (line === undefined || !log.wraps || line.mark !== undefined) return 1;
  const width = textWidth(line, log, columns);
  return NARROW.test(line.text) ? Math.max(1, Math.ceil(line.text.length / width)) : wrapText(line.text, width).length;
}

/** Returns the first row on the screen if the last one of the log is at its bottom. */
function lastPlace(log: LogView, { height, columns }: LogRoom): LogPlace {
  const shown = shownLines(log);
  let left = height;
  for (let index = shown.length - 1; index >= 0; index -= 1) {
    const rows = rowsOf(shown[index], log, columns);
    if (rows >= left) return { index, row: rows - left };
    left -= rows;
  }
  return START;
}

/** Returns the first row on the screen. */
export function topPlace(log: LogView, room: LogRoom): LogPlace {
  const last = lastPlace(log, room);
  if (log.isFollowing) return last;
  const shown = shownLines(log);
  const index = indexOfNumber(shown, log.top);
  if (index === shown.length) return last;
  return earlier({ index, row: shown[index]?.number === log.top ? log.topRow : 0 }, last);
}

/** Returns the index of the first line with at least this number. */
export function indexOfNumber(lines: readonly NumberedLine[], number: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.number ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function earlier(a: LogPlace, b: LogPlace): LogPlace {
  return a.index < b.index || (a.index === b.index && a.row < b.row) ? a : b;
}

function moved(from: LogPlace, by: number, log: LogView, room: LogRoom): LogPlace {
  const shown = shownLines(log);
  if (by <= -ANYWHERE) return START;
  const last = lastPlace(log, room);
  if (by >= ANYWHERE) return last;
  let { index, row } = from;
  row += by;
  while (row < 0) {
    index -= 1;
    if (index < 0) return START;
    row += rowsOf(shown[index], log, room.columns);
  }
  for (
    let rows = rowsOf(shown[index], log, room.columns);
    row >= rows;
    rows = rowsOf(shown[index], log, room.columns)
  ) {
    if (index >= last.index) return last;
    row -= rows;
    index += 1;
  }
  return earlier({ index, row }, last);
}

/** Scrolls by a number of rows; at the end, it follows new output again. */
export function scrollLog(log: LogView, by: number, room: LogRoom): LogView {
  const shown = shownLines(log);
  const place = moved(topPlace(log, room), by, log, room);
  const last = lastPlace(log, room);
  const isEnd = place.index === last.index && place.row === last.row;
  const wantsOlder = by < 0 && place.index < room.height && log.older.size > 0;
  return {
    ...withTop(log, place),
    isFollowing: isEnd && log.unheld === 0,
    wantsOlder,
    seek: wantsOlder && by < -shown.length ? { kind: 'beginning' } : null,
  };
}

/** Puts a place at the top of the screen. */
function withTop(log: LogView, { index, row }: LogPlace): LogView {
  return { ...log, top: shownLines(log)[index]?.number ?? 0, topRow: row };
}

/** Holds the log where it is. */
export function holdStill(log: LogView, room: LogRoom): LogView {
  return { ...withTop(log, topPlace(log, room)), isFollowing: false };
}

/** Starts or stops following new output. */
export function toggleFollow(log: LogView, room: LogRoom): LogView {
  // Lines that are not held are read again.
  if (!log.isFollowing && log.unheld > 0) return { ...emptyLog([...log.ids], log), search: log.search };
  return log.isFollowing ? holdStill(log, room) : { ...withTop(log, topPlace(log, room)), isFollowing: true };
}

/** Returns the index of the last line of which a row is on the screen. */
export function bottomIndex(log: LogView, room: LogRoom): number {
  const shown = shownLines(log);
  const { index: first, row } = topPlace(log, room);
  let left = room.height + row;
  let index = first;
  while (index < shown.length - 1) {
    left -= rowsOf(shown[index], log, room.columns);
    if (left <= 0) break;
    index += 1;
  }
  return index;
}

/** Returns how many lines are below the screen, as of the last second. */
export function countBelow(log: LogView, room: LogRoom): number {
  return Math.max(0, shownLines(log).length - 1 - bottomIndex(log, room) - log.fresh.shown);
}

/** The rows of a scroll bar that its thumb covers, counted from 0; `to` is excluded. */
export interface Thumb {
  readonly from: number;
  readonly to: number;
}

/** Returns the thumb of the scroll bar; null while the log follows new output, and if all lines fit. */
export function scrollThumb(log: LogView, room: LogRoom): Thumb | null {
  if (log.isFollowing) return null;
  const { index } = topPlace(log, room);
  const bottom = bottomIndex(log, room);
  const total = shownLines(log).length + log.unheld;
  const above = index + (log.older.size > 0 ? 1 : 0);
  const below = total - 1 - bottom;
  if (above === 0 && below === 0) return null;
  const size = Math.max(1, Math.floor((room.height * (bottom + 1 - index)) / total));
  const from = Math.round((above / (above + below)) * (room.height - size));
  // The thumb touches an end only if there is nothing beyond it.
  const least = above > 0 ? 1 : 0;
  const most = room.height - size - (below > 0 ? 1 : 0);
  const start = Math.max(0, Math.min(Math.max(from, least), Math.max(most, 0)));
  return { from: start, to: start + size };
}

/** Moves to the next or previous matching line, wrapping around; null if no line matches. */
export function findInLog(log: LogView, direction: 1 | -1, room: LogRoom): LogView | null {
  const shown = shownLines(log);
  const count = shown.length;
  const at = log.match === null ? -1 : shown.findIndex(({ number }) => number === log.match);
  const from = at === -1 ? (direction === 1 ? topPlace(log, room).index - 1 : count) : at;
  for (let step = 1; step <= count; step += 1) {
    const index = (((from + direction * step) % count) + count) % count;
    if (isMatch(shown[index], log.search)) return atMatch(log, index, room);
  }
  return null;
}

/** Dates between lines are no part of the log. */
function isMatch(line: NumberedLine | undefined, search: string): boolean {
  return line !== undefined && line.mark !== 'date' && matches(line.text, search);
}

/** Moves to the last matching line before the one with a number; null if there is none. */
export function findAbove(log: LogView, number: number, room: LogRoom): LogView | null {
  const shown = shownLines(log);
  const index = shown.findLastIndex((line) => line.number < number && isMatch(line, log.search));
  return index === -1 ? null : atMatch(log, index, room);
}

/** Puts a line into the middle of the screen, as the one from which a search continues. */
export function atMatch(log: LogView, index: number, room: LogRoom): LogView {
  const place = moved({ index, row: 0 }, -Math.floor(room.height / 2), log, room);
  return { ...withTop(log, place), match: shownLines(log)[index]?.number ?? null, isFollowing: false };
}

/** How many lines the program wrote up to each line, without those that say where runs begin. */
const writtenUpTo = memoizeLast((lines: readonly NumberedLine[]): Uint32Array => {
  const counts = new Uint32Array(lines.length);
  let count = 0;
  for (const [index, { mark }] of lines.entries()) {
    if (mark === undefined) count += 1;
    counts[index] = count;
  }
  return counts;
});

/** Returns the number of a line, counted from the oldest one that is held, and how many are held. */
export function lineNumberAt(
  log: LogView,
  line: NumberedLine | undefined,
): { readonly at: number; readonly of: number } {
  const counts = writtenUpTo(log.lines);
  const index = line === undefined ? -1 : indexOfNumber(log.lines, line.number);
  return { at: Math.max(1, counts[index] ?? 0), of: counts.at(-1) ?? 0 };
}
