import { TUI_LIMITS } from '../style/tui-limits.ts';
import { withBookmarks } from './bookmarks.ts';
import { sortByTime } from './append-log.ts';
import type { CleanLine, LogView, NumberedLine } from './log-view.ts';

/** Older lines of a program of a log. */
interface OlderPage {
  readonly program: string;
  readonly lines: readonly CleanLine[];
  /** The cursor before the first of them; null at the beginning of the log. */
  readonly older: string | null;
}

/** Returns the program whose older lines are to be read next, so that the log is complete further back. */
export function nextToRead({ lines, older }: LogView): { readonly id: string; readonly before: string } | null {
  let next: string | null = null;
  let newest = '';
  const begun = new Set<string>();
  for (const { program, time } of lines) {
    if (begun.size === older.size) break;
    if (!older.has(program) || begun.has(program)) continue;
    begun.add(program);
    if (next !== null && (time ?? '') < newest) continue;
    newest = time ?? '';
    next = program;
  }
  const id = next ?? Array.from(older.keys())[0];
  const before = id === undefined ? undefined : older.get(id);
  return id === undefined || before === undefined ? null : { id, before };
}

/** Adds older lines in front, and drops the newest ones above the limit. All other lines keep their numbers. */
export function prependLog(log: LogView, { program, lines: page, older }: OlderPage): LogView {
  const first = log.ids.length === 1 ? log.lines[0] : log.lines.find((line) => line.program === program);
  // Marks of runs, which cursors do not count, may shift the seam by a line.
  const lines = page.slice(0, first !== undefined && isSameLine(page.at(-1), first) ? -1 : undefined);
  const start = (log.lines[0]?.number ?? log.nextNumber) - lines.length;
  const numbered = withBookmarks(
    lines.map((line, index): NumberedLine => ({ ...line, program, number: start + index })),
    log,
  );
  const all = log.ids.length === 1 ? [...numbered, ...log.lines] : merged(numbered, log.lines, start);
  const limit = TUI_LIMITS.logLinesRead;
  const others = [...log.older].filter(([id]) => id !== program);
  return {
    ...log,
    lines: all.slice(0, limit),
    older: new Map(older === null ? others : [...others, [program, older]]),
    wantsOlder: false,
    unheld: log.unheld + Math.max(0, all.length - limit),
  };
}

function merged(older: readonly NumberedLine[], lines: readonly NumberedLine[], start: number): NumberedLine[] {
  const all = [...older, ...lines];
  sortByTime(all);
  return all.map((line, index) => ({ ...line, number: start + index }));
}

function isSameLine(line: CleanLine | undefined, other: NumberedLine): boolean {
  return (
    line !== undefined &&
    line.time !== null &&
    line.time === other.time &&
    line.stream === other.stream &&
    line.text === other.text
  );
}
