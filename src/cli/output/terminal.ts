import { type ColorLevel, detectColor } from '../../base/color-support.ts';
import { createStyle, type Style } from './style.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface TerminalOptions {
  readonly json: boolean;
  readonly colorFlag: 'auto' | 'always' | 'never';
  readonly ascii: boolean;
  readonly env: Environment;
}

/** Where a command speaks: the only way to stdout and stderr. */
export interface Terminal {
  readonly json: boolean;
  readonly ascii: boolean;
  readonly color: ColorLevel;
  readonly style: Style;
  /** What ends a text that was cut. */
  readonly ellipsis: string;
  /** Infinity where nobody looks: a pipe gets whole lines. */
  readonly columns: number;
  /** A person sees both what is printed and what is in progress. */
  readonly isInteractive: boolean;
  /** The result of the command: a line on stdout. */
  print(line: string): void;
  /** Lines in place of those that were repainted before; where nobody looks, behind them. */
  repaint(lines: readonly string[]): void;
  /** The result as JSON, on one line. */
  printJson(value: unknown): void;
  /** News besides the result: a line on stderr. */
  note(sentence: string): void;
  /** What goes on right now, replaced by the next and gone in the end (null). Only for people. */
  progress(text: string | null): void;
}

/**
 * Standard output and error as a command sees them, with what options and environment say of colours and characters.
 */
export function createTerminal({ json, colorFlag, ascii, env }: TerminalOptions): Terminal {
  const color = json ? 'none' : detectColor({ flag: colorFlag, env, isTty: process.stdout.isTTY });
  const isAscii = ascii || hasAsciiLocale(env);
  const isInteractive = !json && process.stdout.isTTY && process.stderr.isTTY && env['TERM'] !== 'dumb';
  let hasProgress = false;
  const repaint = isInteractive ? createRepaint() : printAll;
  const showProgress = (text: string | null): void => {
    if (!isInteractive || (text === null && !hasProgress)) return;
    hasProgress = text !== null;
    process.stderr.write(`\r\x1b[K${text ?? ''}`);
  };
  return {
    json,
    ascii: isAscii,
    color,
    style: createStyle(color),
    ellipsis: isAscii ? '~' : '…',
    columns: columnsOf(env),
    isInteractive,
    print: (line) => {
      showProgress(null);
      process.stdout.write(`${line}\n`);
    },
    repaint,
    printJson: (value) => {
      process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    note: (sentence) => {
      showProgress(null);
      process.stderr.write(`healer: ${sentence}\n`);
    },
    progress: showProgress,
  };
}

function printAll(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/** Goes back over what was painted last; what does not fit on the screen could not be gone back over. */
function createRepaint(): (lines: readonly string[]) => void {
  let painted = 0;
  return (lines) => {
    const room = Math.max(1, (process.stdout.rows || 24) - 1);
    const left = lines.length - room + 1;
    const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `and ${left} more`];
    const back = painted === 0 ? '' : `\x1b[${painted}F`;
    process.stdout.write(`${back}${shown.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`);
    painted = shown.length;
  };
}

function columnsOf(env: Environment): number {
  const asked = Number(env['COLUMNS']);
  if (Number.isInteger(asked) && asked > 0) return asked;
  // A terminal that does not know its size says 0.
  return process.stdout.isTTY ? process.stdout.columns || 80 : Infinity;
}

/** A locale that is set and is not UTF-8. One that is not set says nothing: containers and cron set none. */
function hasAsciiLocale(env: Environment): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}
