import { hasOlderBookmark } from '../state/bookmarks.ts';
import type { LogGoal } from '../state/log-goal.ts';
import { completeSince, type LogView, type NumberedLine, shownLines } from '../state/log-view.ts';
import { timeOfDay } from '../text/figures.ts';
import { atMatch, bottomIndex, holdStill, indexOfNumber, type LogRoom, scrollLog, topPlace } from './log-place.ts';

/** A log after a jump, and what is to be said about it. */
interface Jump {
  readonly log: LogView;
  readonly text: string;
}

/** Returns the line that a command acts on: the match if it is on the screen, else the newest line or the one at the top. */
export function lineAtHand(log: LogView, room: LogRoom): NumberedLine | null {
  const shown = shownLines(log);
  const top = topPlace(log, room).index;
  const bottom = bottomIndex(log, room);
  const at = log.match === null ? -1 : shown.findIndex(({ number }) => number === log.match);
  const onScreen = shown.slice(top, bottom + 1).filter(({ mark }) => mark !== 'date');
  const [match] = at >= top && at <= bottom ? [shown[at]] : [];
  return match ?? (log.isFollowing ? onScreen.at(-1) : onScreen[0]) ?? null;
}

/** Moves to the next or previous bookmark; null if the log has none. */
export function goToBookmark(log: LogView, direction: 1 | -1, room: LogRoom): Jump | null {
  const shown = shownLines(log);
  const marked = shown.flatMap(({ bookmarked }, index) => (bookmarked === true ? [index] : []));
  const at = log.match === null ? -1 : shown.findIndex(({ number }) => number === log.match);
  const top = topPlace(log, room).index;
  const from = at !== -1 ? at : direction === 1 ? top - 1 : log.isFollowing ? shown.length : top;
  const found = direction === 1 ? marked.find((index) => index > from) : marked.findLast((index) => index < from);
  if (found !== undefined) return { log: atMatch(log, found, room), text: positionOf(marked, found) };
  if (direction === -1 && log.older.size > 0 && hasOlderBookmark(log)) {
    const seeking = { ...holdStill(log, room), wantsOlder: true, seek: { kind: 'bookmark' } as const };
    return { log: seeking, text: 'reading older lines up to the bookmark (any key stops)' };
  }
  const around = direction === 1 ? marked[0] : marked.at(-1);
  return around === undefined ? null : { log: atMatch(log, around, room), text: positionOf(marked, around) };
}

function positionOf(marked: readonly number[], found: number): string {
  return `bookmark ${String(marked.indexOf(found) + 1)} of ${String(marked.length)}`;
}

/** Moves to the last bookmark before the line with a number; null if there is none. */
export function bookmarkAbove(log: LogView, number: number, room: LogRoom): LogView | null {
  const index = shownLines(log).findLastIndex((line) => line.number < number && line.bookmarked === true);
  return index === -1 ? null : atMatch(log, index, room);
}

/** Returns whether older lines have to be read before the place is known. */
export function needsOlderFor(log: LogView, goal: LogGoal): boolean {
  if (log.older.size === 0) return false;
  const oldest = completeSince(log);
  return goal.kind !== 'time' || oldest === null || oldest > isoOf(goal.timeMs);
}

/** Moves to a place, reading older lines first if it may be in them. */
export function goToGoal(log: LogView, goal: LogGoal, room: LogRoom): Jump {
  if (!needsOlderFor(log, goal)) return arriveAt(log, goal, room);
  const seeking = { ...holdStill(log, room), wantsOlder: true, seek: { kind: 'goal', goal } as const };
  return { log: seeking, text: 'reading older lines (any key stops)' };
}

/** Moves to a place in the lines that are held. */
export function arriveAt(before: LogView, goal: LogGoal, room: LogRoom): Jump {
  const log: LogView = { ...before, wantsOlder: false, seek: null };
  switch (goal.kind) {
    case 'line':
      return arriveAtLine(log, goal.line, room);
    case 'share': {
      const last = shownLines(log).length - 1;
      return { log: atMatch(log, Math.round((goal.percent / 100) * last), room), text: `at ${String(goal.percent)}%` };
    }
    case 'time':
      return arriveAtTime(log, goal.timeMs, room);
  }
}

function arriveAtLine(log: LogView, line: number, room: LogRoom): Jump {
  const written = log.lines.filter(({ mark }) => mark === undefined);
  const number = written[line - 1]?.number;
  const count = String(written.length);
  if (number === undefined) {
    const end = scrollLog(log, Infinity, room);
    if (log.unheld > 0) return { log: end, text: `only the first ${count} lines are held; f shows the newest ones` };
    return { log: end, text: `the log has ${count} lines` };
  }
  const shown = shownLines(log);
  const index = indexOfNumber(shown, number);
  const isHidden = shown[index]?.number !== number;
  const text = `line ${String(line)} of ${count}${isHidden ? ' is hidden; this is the next one' : ''}`;
  return { log: atMatch(log, Math.min(index, shown.length - 1), room), text };
}

function arriveAtTime(log: LogView, timeMs: number, room: LogRoom): Jump {
  const wanted = isoOf(timeMs);
  const shown = shownLines(log);
  const index = shown.findIndex(({ time }) => time !== null && time >= wanted);
  const found = shown[index]?.time ?? null;
  if (found === null) {
    const newest = shown.findLast(({ time }) => time !== null)?.time ?? null;
    if (newest === null) return { log, text: 'the lines of this log have no times' };
    const end = scrollLog(log, Infinity, room);
    const rest = log.unheld > 0 ? 'newer ones are not held (f: follow)' : 'nothing was written after it';
    return { log: end, text: `the newest line is of ${dateAndTime(newest)}; ${rest}` };
  }
  const isOldest = shown.slice(0, index).every(({ time }) => time === null) && log.older.size === 0;
  const [asked, first] = [dateAndTime(wanted), dateAndTime(found)];
  const text =
    isOldest && asked < first
      ? `${asked} is before the oldest line that is kept, of ${first}`
      : `the first line from ${asked} on is of ${first}`;
  return { log: atMatch(log, index, room), text };
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function dateAndTime(iso: string): string {
  return `${new Date(iso).toLocaleDateString('sv')} ${timeOfDay(iso)}`;
}
