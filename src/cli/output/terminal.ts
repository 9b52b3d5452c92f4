import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../base/display-width.ts';
import type { Environment } from '../../base/environment.ts';
import { type ColorLevel, detectColor } from '../../base/color-support.ts';
import { createProgressLines } from './progress-lines.ts';
import { isReaderGone, onReaderGone } from './end-without-reader.ts';
import { createStyle, type Style } from './style.ts';

interface TerminalOptions {
  readonly json: boolean;
  /** Whether to print neither progress nor hints. */
  readonly quiet: boolean;
  readonly colorFlag: 'auto' | 'always' | 'never';
  readonly ascii: boolean;
  readonly env: Environment;
}

/** The output of a command: the only way to stdout and stderr. */
export interface Terminal {
  readonly json: boolean;
  /** Whether neither progress nor hints are wanted. */
  readonly quiet: boolean;
  readonly ascii: boolean;
  readonly color: ColorLevel;
  readonly style: Style;
  /** The end of a text that was cut. */
  readonly ellipsis: string;
  /** The width of the terminal; Infinity in a pipe, which gets whole lines. */
  readonly columns: number;
  /** Whether a terminal interprets the output, or something that colors are forced on. */
  readonly isScreen: boolean;
  /** Whether a person sees both the output and the progress. */
  readonly isInteractive: boolean;
  /** Prints a line of the result to stdout. */
  print(line: string): void;
  /** Writes text or bytes of the result as they are. */
  write(output: string | Uint8Array): void;
  /** Whether printed text waits for a slow reader. */
  isReaderSlow(): boolean;
  /** Resolves once the reader has taken what was printed; at once if it keeps up, or is gone. */
  drained(): Promise<void>;
  /** Prints lines over those of the previous call; in a pipe, after them. */
  repaint(lines: readonly string[]): void;
  /** Prints the result as JSON on one line. */
  printJson(value: unknown): void;
  /** Prints a line to stderr that is not part of the result. */
  note(sentence: string): void;
  /**
   * Shows the current progress, replacing the previous text; null removes it. In a pipe, an operation that takes long
   * prints lines on stderr instead. JSON and quiet output get nothing.
   */
  progress(text: string | null): void;
}

/** Creates the output of a command, with the colors and characters that options and environment allow. */
export function createTerminal({ json, quiet, colorFlag, ascii, env }: TerminalOptions): Terminal {
  const color = json ? 'none' : detectColor({ flag: colorFlag, env, isTty: process.stdout.isTTY });
  const isAscii = ascii || hasAsciiLocale(env);
  const isInteractive = !json && process.stdout.isTTY && process.stderr.isTTY && env['TERM'] !== 'dumb';
  let hasProgress = false;
  const repaint = isInteractive ? createRepaint() : printAll;
  const showLines = createProgressLines((line) => process.stderr.write(`healer: ${line}\n`));
  const showProgress = (text: string | null): void => {
    if (!isInteractive || quiet) return;
    if (text === null && !hasProgress) return;
    hasProgress = text !== null;
    process.stderr.write(`\r\x1b[K${text ?? ''}`);
  };
  return {
    json,
    quiet,
    ascii: isAscii,
    color,
    style: createStyle(color),
    ellipsis: isAscii ? '~' : '…',
    get columns() {
      return columnsOf(env);
    },
    isScreen: process.stdout.isTTY || color !== 'none',
    isInteractive,
    print: (line) => {
      showProgress(null);
      process.stdout.write(`${line}\n`);
    },
    write: (output) => {
      showProgress(null);
      process.stdout.write(output);
    },
    isReaderSlow,
    drained,
    repaint,
    printJson: (value) => {
      process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    note: (sentence) => {
      showProgress(null);
      process.stderr.write(`healer: ${sentence}\n`);
    },
    progress: (text) => {
      if (json || quiet) return;
      if (isInteractive) showProgress(text);
      else showLines(text);
    },
  };
}

function isReaderSlow(): boolean {
  return process.stdout.writableNeedDrain && !isReaderGone();
}

/** Without waiting, a slow reader of a pipe would make the memory grow. */
async function drained(): Promise<void> {
  const { stdout } = process;
  if (!isReaderSlow()) return;
  await new Promise<void>((resolve) => {
    const stop = onReaderGone(resolve);
    stdout.once('drain', () => {
      stop();
      resolve();
    });
  });
}

function printAll(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/**
 * Creates a function that overwrites its previous lines. It leaves out lines that do not fit on the screen. Wrapping is off
 * while it writes, and rows that a narrower window has wrapped are counted, so that a change of the width leaves no rest.
 */
function createRepaint(): (lines: readonly string[]) => void {
  let painted: readonly number[] = [];
  return (lines) => {
    const width = process.stdout.columns || 80;
    const room = Math.max(1, (process.stdout.rows || 24) - 1);
    const left = lines.length - room + 1;
    const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `and ${left} more`];
    const rows = painted.reduce((sum, columns) => sum + Math.max(1, Math.ceil(columns / width)), 0);
    const back = rows === 0 ? '' : `\x1b[${Math.min(rows, room)}F`;
    process.stdout.write(`${back}\x1b[?7l${shown.map((line) => `${line}\x1b[K\n`).join('')}\x1b[?7h\x1b[J`);
    painted = shown.map((line) => Math.min(width, displayWidth(stripVTControlCharacters(line))));
  };
}

/** Returns the width of a terminal. COLUMNS is for terminals that do not know it: shells export it, and it gets stale. */
function columnsOf(env: Environment): number {
  if (!process.stdout.isTTY) return Infinity;
  const configured = Number(env['COLUMNS']);
  const fallback = Number.isInteger(configured) && configured > 0 ? configured : 80;
  // A terminal that does not know its size reports 0.
  return process.stdout.columns || fallback;
}

/** Whether a locale is set that is not UTF-8. Containers and cron often set none, which says nothing about the terminal. */
function hasAsciiLocale(env: Environment): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}
