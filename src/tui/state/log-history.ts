import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { CleanLine, LogView, NumberedLine } from './log-view.ts';

/** Adds older lines in front, and drops the newest ones above the limit. `older` is null at the beginning of the log. */
export function prependLog(log: LogView, page: readonly CleanLine[], older: string | null): LogView {
  const [first] = log.lines;
  // Marks of runs, which cursors do not count, may shift the seam by a line.
  const lines = page.slice(0, first !== undefined && isSameLine(page.at(-1), first) ? -1 : undefined);
  const [program = ''] = log.ids;
  const start = (first?.number ?? log.nextNumber) - lines.length;
  const numbered = lines.map((line, index): NumberedLine => ({ ...line, program, number: start + index }));
  const all = [...numbered, ...log.lines];
  const limit = TUI_LIMITS.logLinesRead;
  const marks = older === null ? log.marks : [{ number: start, cursor: older }, ...log.marks];
  return {
    ...log,
    ...{ lines: all.slice(0, limit), marks, older, wantsOlder: false },
    unheld: log.unheld + Math.max(0, all.length - limit),
  };
}

function isSameLine(line: CleanLine | undefined, other: CleanLine): boolean {
  return (
    line !== undefined &&
    line.time !== null &&
    line.time === other.time &&
    line.stream === other.stream &&
    line.text === other.text
  );
}
