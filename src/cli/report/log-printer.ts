import { stripVTControlCharacters } from 'node:util';
import { displayWidth, fitWidth } from '../../base/display-width.ts';
import { nearestColor } from '../../base/nearest-color.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { OpenText } from '../../base/open-text.ts';
import { parseStyledText, type StyledText, styledPieces, type TextStyle } from '../../base/styled-text.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { Terminal } from '../output/terminal.ts';
import { bytesOf } from './backward-lines.ts';

/** A line with the program that printed it. */
export interface OwnedLine {
  readonly id: string;
  readonly line: LogLine;
}

/** Records of a long line are joined up to this many characters. */
const JOINED_CHARS = 1024 * 1024;

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
  /** Prints the bytes that the program wrote, and nothing else. */
  readonly raw?: boolean;
}

/** Prints lines. A line that is not finished is continued by the next record of its stream. */
export type LinePrinter = (owned: OwnedLine) => void;

/**
 * Creates a printer of lines. A pipe gets the text as the program wrote it, `--json` one object per line. On a screen, only
 * colors are kept of what a terminal would interpret.
 */
export function createLinePrinter(terminal: Terminal, options: PrinterOptions): LinePrinter {
  if (terminal.isInteractive && options.raw !== true) return printText(terminal, options);
  const print = printerFor(terminal, options);
  return (owned) => {
    if (owned.line.mark === undefined) print(owned);
  };
}

/** Only a terminal shows marks: everything else gets what the program printed, and JSON has the run of each line. */
function printerFor(terminal: Terminal, options: PrinterOptions): LinePrinter {
  if (options.raw === true) return printRaw(terminal);
  if (!terminal.json) return printText(terminal, options);
  return ({ id, line: { time, stream, text, run } }) => {
    terminal.printJson({ id, time, stream, text, ...(run === undefined ? {} : { run }) });
  };
}

/** Whether a printer needs to know which run printed a line. */
export function needsRuns(terminal: Terminal, { raw }: { readonly raw: boolean }): boolean {
  return !raw && (terminal.json || terminal.isInteractive);
}

function printRaw(terminal: Terminal): LinePrinter {
  return ({ line }) => {
    terminal.write(line.base64 === undefined ? line.text : bytesOf(line));
    if (!line.partial) terminal.write('\n');
  };
}

function printText(terminal: Terminal, options: PrinterOptions): LinePrinter {
  const { isScreen } = terminal;
  let open: OpenLine | null = null;
  return ({ id, line }) => {
    if (line.mark !== undefined) {
      if (open !== null) terminal.write('\n');
      open = null;
      const text = terminal.style.faint(`-- ${sanitizeText(line.text)} --`);
      terminal.print(prefixOf({ id, line }, terminal, options) + text);
      return;
    }
    const { stream, partial } = line;
    const before = open?.id === id && open.stream === stream ? open : null;
    const interruption = open !== null && before === null ? '\n' : '';
    // A screen shows what is left of the whole line, such as the last state of a progress bar, unless it has been wrapped.
    const isRedrawn = before !== null && isScreen && before.columns < terminal.columns;
    const isAppended = before !== null && !isRedrawn;
    const text = isRedrawn ? before.text : new OpenText();
    const joined = isScreen ? text.add(line.text) : line.text;
    const shown = isScreen ? onScreen(joined, stream, terminal) : joined;
    const whole = (isAppended ? '' : prefixOf({ id, line }, terminal, options)) + shown;
    const columns = isScreen && partial ? displayWidth(stripVTControlCharacters(whole)) : 0;
    open = partial ? { id, stream, text, columns: columns + (isAppended ? before.columns : 0) } : null;
    if (open === null && before === null && interruption === '') terminal.print(whole);
    else terminal.write(`${interruption}${isRedrawn ? '\r\x1b[K' : ''}${whole}${partial ? '' : '\n'}`);
  };
}

/** The unfinished line that the cursor is in. */
interface OpenLine {
  readonly id: string;
  readonly stream: string;
  readonly text: OpenText;
  /** Its width on the screen. */
  readonly columns: number;
}

function prefixOf({ id, line }: OwnedLine, terminal: Terminal, { idColumns, timestamps }: PrinterOptions): string {
  const { style } = terminal;
  const owner = idColumns === null ? '' : `${style.program(id, fitWidth(id, idColumns, 'left', terminal.ellipsis))} | `;
  return owner + (timestamps && line.time !== null ? `${style.faint(localTime(line.time))} ` : '');
}

/** Returns a time as ISO 8601 in the local time zone, with milliseconds and the offset. */
function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const offset = -time.getTimezoneOffset();
  const local = new Date(time.getTime() + offset * 60_000).toISOString().slice(0, -1);
  if (offset === 0) return `${local}Z`;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
}

function onScreen(text: string, stream: LogLine['stream'], terminal: Terminal): string {
  const styled = parseStyledText(text);
  if (terminal.color === 'none') return styled.text;
  const isError = stream === 'stderr';
  if (styled.changes.length === 0) return isError ? terminal.style.bad(styled.text) : styled.text;
  return painted(styled, terminal);
}

function painted(styled: StyledText, { color }: Terminal): string {
  return styledPieces(styled, 0, styled.text.length)
    .map(({ text, style }) => {
      const codes = style === null ? '' : codesOf(style, color);
      return codes === '' ? text : `\x1b[${codes}m${text}\x1b[0m`;
    })
    .join('');
}

function codesOf(style: TextStyle, level: Terminal['color']): string {
  const codes = [
    style.isBold ? '1' : '',
    style.isDim ? '2' : '',
    style.isItalic ? '3' : '',
    style.isUnderlined ? '4' : '',
    style.color === null ? '' : nearestColor(style.color, level),
  ];
  return codes.filter((code) => code !== '').join(';');
}

/** Merges lines by time. A line without a time stays after its predecessor. */
export function mergeByTime<Owned extends OwnedLine>(programs: readonly (readonly Owned[])[]): Owned[] {
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
