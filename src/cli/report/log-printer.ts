import { fitWidth } from '../../base/display-width.ts';
import type { LinearPattern } from '../../base/linear-pattern.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import { formatTime } from '../output/labeled-values.ts';
import type { Terminal } from '../output/terminal.ts';

/** A line with the program that printed it. */
export interface OwnedLine {
  readonly id: string;
  readonly line: LogLine;
}

/** Records of a long line are joined up to this many characters. */
const JOINED_CHARS = 1024 * 1024;

/** Whether to print a line. */
export type LineFilter = (line: LogLine) => boolean;

interface LineConditions {
  readonly grep: LinearPattern | undefined;
  readonly stream: LogLine['stream'] | undefined;
}

/** Creates the filter of `--grep` and `--stream`. */
export function createLineFilter({ grep, stream }: LineConditions): LineFilter {
  return (line) => (stream === undefined || line.stream === stream) && (grep?.test(line.text) ?? true);
}

/** Creates a function that joins the records of a program's long lines, separately for each stream. */
export function createRecordJoiner(): (line: LogLine) => LogLine | null {
  const held = new Map<LogLine['stream'], LogLine>();
  return (line) => {
    const start = held.get(line.stream);
    const joined = start === undefined ? line : { ...line, time: start.time, text: start.text + line.text };
    if (line.partial && joined.text.length < JOINED_CHARS) {
      held.set(line.stream, joined);
      return null;
    }
    held.delete(line.stream);
    return joined;
  };
}

interface PrinterOptions {
  readonly timestamps: boolean;
  /** The width of the id column; null prints no ids. */
  readonly idColumns: number | null;
}

/** Creates a printer of lines, as text or as one JSON object per line. Removes control characters from the text. */
export function createLinePrinter(
  terminal: Terminal,
  { timestamps, idColumns }: PrinterOptions,
): (owned: OwnedLine) => void {
  const { style } = terminal;
  return ({ id, line }) => {
    if (terminal.json) {
      terminal.printJson({ id, time: line.time, stream: line.stream, text: line.text });
      return;
    }
    const owner = idColumns === null ? '' : `${style.strong(fitWidth(id, idColumns, 'left', terminal.ellipsis))} | `;
    const time = timestamps && line.time !== null ? `${style.faint(formatTime(line.time))} ` : '';
    const text = sanitizeText(line.text);
    terminal.print(owner + time + (line.stream === 'stderr' ? style.bad(text) : text));
  };
}

/** Merges lines by time. A line without a time stays after its predecessor. */
export function mergeByTime(programs: readonly (readonly OwnedLine[])[]): OwnedLine[] {
  const timed = programs.flatMap((lines) => {
    let time = '';
    return lines.map((owned) => {
      time = owned.line.time ?? time;
      return { owned, time };
    });
  });
  // Times with the same length and zone sort like text; the sort is stable.
  timed.sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)));
  return timed.map(({ owned }) => owned);
}
