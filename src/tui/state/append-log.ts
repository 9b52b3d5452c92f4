import { withBookmarks } from './bookmarks.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import {
  type CleanLine,
  countShown,
  type LogArrival,
  type LogView,
  NO_FRESH_LINES,
  type NumberedLine,
} from './log-view.ts';

/** Adds lines of a program to the log; output of programs that are not shown is ignored. */
export function appendLog(
  before: LogView,
  program: string,
  lines: readonly CleanLine[],
  skipped: number,
  place: Pick<LogArrival, 'continues' | 'before'> = {},
): LogView {
  if (!before.ids.includes(program)) return before;
  const log = before.isLoaded ? before : { ...before, isLoaded: true };
  return lines.length === 0 && skipped === 0 ? log : withArrived(log, program, lines, skipped, place);
}

function withArrived(
  log: LogView,
  program: string,
  lines: readonly CleanLine[],
  skipped: number,
  { continues = false, before }: Pick<LogArrival, 'continues' | 'before'>,
): LogView {
  // While it is being read, the log holds still: what does not fit is read again when it follows.
  if (!log.isFollowing && (log.unheld > 0 || log.lines.length >= TUI_LIMITS.logLines)) {
    return counted({ ...log, unheld: log.unheld + lines.length }, { news: [], unheld: lines.length, skipped });
  }
  const [first] = lines;
  const open = continues && first !== undefined ? openIndex(log, program, first) : -1;
  const held = open === -1 || first === undefined ? log.lines : replaced(log.lines, open, first);
  const isPlaced = before !== undefined && open === -1 && first?.partial !== true;
  const numbered = (open === -1 ? lines : lines.slice(1)).map((line, index): NumberedLine => ({
    ...line,
    program,
    number: log.nextNumber + index,
    ...(isPlaced && index === 0 ? { before } : {}),
  }));
  const news = withBookmarks(numbered, log);
  const isFirst = isPlaced && news.length > 0 && !log.older.has(program) && !hasLines(log, program);
  const next = {
    ...log,
    lines: log.ids.length === 1 ? [...held, ...news] : mergeByTime(held, news),
    nextNumber: log.nextNumber + news.length,
    older: isFirst ? new Map([...log.older, [program, before]]) : log.older,
  };
  return withoutOldest(counted(next, { news, unheld: 0, skipped }));
}

function hasLines({ lines, ids }: LogView, program: string): boolean {
  return ids.length === 1 ? lines.length > 0 : lines.some((line) => line.program === program);
}

interface Counts {
  readonly news: readonly NumberedLine[];
  readonly unheld: number;
  readonly skipped: number;
}

function counted(log: LogView, { news, unheld, skipped }: Counts): LogView {
  const { fresh } = log;
  return {
    ...log,
    skipped: log.skipped + skipped,
    fresh: {
      arrived: fresh.arrived + news.length + unheld + skipped,
      shown: fresh.shown + (log.isFollowing ? 0 : countShown(news, log)),
      unheld: fresh.unheld + unheld,
      skipped: fresh.skipped + skipped,
    },
  };
}

/** Counts what arrived within the last second in headings; the same object if nothing did. */
export function countFreshLines(log: LogView): LogView {
  const { fresh, perSecond } = log;
  if (fresh === NO_FRESH_LINES && perSecond === 0) return log;
  return { ...log, fresh: NO_FRESH_LINES, perSecond: fresh.arrived };
}

/** Drops the oldest lines above the limit, of each program up to a line whose position is known. */
function withoutOldest(log: LogView): LogView {
  const excess = log.lines.length - TUI_LIMITS.logLines;
  if (excess <= 0) return log;
  const cut = new Set(log.lines.slice(0, excess).map(({ program }) => program));
  const older = new Map(log.older);
  const lines: NumberedLine[] = [];
  for (const line of log.lines.slice(excess)) {
    if (cut.has(line.program)) {
      if (line.before === undefined) continue;
      cut.delete(line.program);
      older.set(line.program, line.before);
    }
    lines.push(line);
  }
  if (cut.size === 0) return { ...log, lines, older };
  // The position of what is left of these programs is not known, so they cannot be read back.
  for (const program of cut) older.delete(program);
  return { ...log, lines: log.lines.slice(excess), older };
}

/** Returns the index of the unfinished line that a record continues; -1 if there is none. */
function openIndex({ lines }: LogView, program: string, { stream }: CleanLine): number {
  const index = lines.findLastIndex((line) => line.program === program && line.stream === stream);
  return lines[index]?.partial === true ? index : -1;
}

function replaced(lines: readonly NumberedLine[], index: number, line: CleanLine): readonly NumberedLine[] {
  return lines.map((each, at) => (at === index ? { ...each, ...line, time: each.time } : each));
}

/** Merges lines of several programs. Their tails arrive one after another, so older lines are sorted in. */
function mergeByTime(lines: readonly NumberedLine[], more: readonly NumberedLine[]): readonly NumberedLine[] {
  const last = lines.at(-1)?.time ?? '';
  const first = more[0]?.time ?? '';
  const merged = [...lines, ...more];
  if (first >= last) return merged;
  sortByTime(merged);
  return merged.map((line, index) => ({ ...line, number: (lines[0]?.number ?? 0) + index }));
}

/** Sorts lines in place. Those of the same time keep their order. */
export function sortByTime(lines: NumberedLine[]): void {
  lines.sort((a, b) => compareTimes(a.time ?? '', b.time ?? ''));
}

function compareTimes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
