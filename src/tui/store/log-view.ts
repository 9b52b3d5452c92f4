import type { LogLine } from '../../protocol/log-line.ts';
import { TUI_LIMITS } from '../limits.ts';

/** A window on one program's output. Lines have numbers that stay theirs when old ones are dropped. */
export interface LogView {
  /** Whose output; null when none is shown. */
  readonly id: string | null;
  readonly lines: readonly LogLine[];
  /** Number of the first line held. */
  readonly firstNumber: number;
  /** Lines that came too fast to be sent; they stand in the log file. */
  readonly skipped: number;
  readonly isFollowing: boolean;
  /** Number of the first line on the screen, while not following. */
  readonly top: number;
  readonly wraps: boolean;
  /** First column on the screen, while not wrapping. */
  readonly column: number;
  readonly search: string;
  /** Number of the line that n and N stand on. */
  readonly match: number | null;
}

export function emptyLog(id: string | null): LogView {
  return {
    id,
    lines: [],
    firstNumber: 0,
    skipped: 0,
    isFollowing: true,
    top: 0,
    wraps: false,
    column: 0,
    search: '',
    match: null,
  };
}

/** Another program's output, read as the last one was. */
export function openLog(log: LogView, id: string | null): LogView {
  return id === log.id ? log : { ...emptyLog(id), wraps: log.wraps };
}

export function appendLog(log: LogView, lines: readonly LogLine[], skipped: number): LogView {
  const all = [...log.lines, ...lines];
  const dropped = Math.max(0, all.length - TUI_LIMITS.logLines);
  const firstNumber = log.firstNumber + dropped;
  return {
    ...log,
    lines: dropped === 0 ? all : all.slice(dropped),
    firstNumber,
    skipped: log.skipped + skipped,
    top: Math.max(log.top, firstNumber),
  };
}

function endOf(log: LogView): number {
  return log.firstNumber + log.lines.length;
}

/** The first line on the screen when each line takes one row. */
export function topOf(log: LogView, height: number): number {
  return log.isFollowing ? Math.max(log.firstNumber, endOf(log) - height) : log.top;
}

/** Moves the window; reaching the end follows again. */
export function scrollLog(log: LogView, by: number, height: number): LogView {
  const last = Math.max(log.firstNumber, endOf(log) - height);
  const top = Math.max(log.firstNumber, Math.min(last, topOf(log, height) + by));
  return { ...log, top, isFollowing: top === last };
}

export function toggleFollow(log: LogView, height: number): LogView {
  return { ...log, top: topOf(log, height), isFollowing: !log.isFollowing };
}

export function matches(text: string, search: string): boolean {
  return search !== '' && text.toLowerCase().includes(search.toLowerCase());
}

/** Goes to the next line that has the search text, round the end; null when no line has it. */
export function findInLog(log: LogView, direction: 1 | -1, height: number): LogView | null {
  const count = log.lines.length;
  const from = (log.match ?? (direction === 1 ? topOf(log, height) - 1 : endOf(log))) - log.firstNumber;
  for (let step = 1; step <= count; step += 1) {
    const index = (((from + direction * step) % count) + count) % count;
    if (!matches(log.lines[index]?.text ?? '', log.search)) continue;
    const match = log.firstNumber + index;
    const last = Math.max(log.firstNumber, endOf(log) - height);
    const top = Math.max(log.firstNumber, Math.min(last, match - Math.floor(height / 2)));
    return { ...log, match, top, isFollowing: false };
  }
  return null;
}
