/** The signs that the screen is drawn with. All are one column wide. */
export interface Glyphs {
  /** Low to high; the first is "nothing". */
  readonly spark: readonly string[];
  readonly barFull: string;
  readonly barEmpty: string;
  readonly dot: string;
  readonly busy: string;
  readonly idle: string;
  readonly cross: string;
  readonly cursor: string;
  readonly mark: string;
  readonly ascending: string;
  readonly descending: string;
  readonly ellipsis: string;
  readonly rule: string;
  readonly separator: string;
  readonly caret: string;
  /** Before a process that hangs below another. */
  readonly branch: string;
  /** Marks a limit in a chart. */
  readonly limit: string;
  /** Corners and edges of `ink-table`, replaced one by one; null leaves them. */
  readonly frame: Readonly<Record<string, string>> | null;
}

const UNICODE: Glyphs = {
  spark: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  barFull: '█',
  barEmpty: '░',
  dot: '●',
  busy: '◐',
  idle: '○',
  cross: '✗',
  cursor: '▌',
  mark: '✓',
  ascending: '▲',
  descending: '▼',
  ellipsis: '…',
  rule: '─',
  separator: '·',
  caret: '█',
  branch: '└',
  limit: '╌',
  frame: null,
};

const FRAME_CORNERS = '┌┐└┘├┤┬┴┼';

const ASCII: Glyphs = {
  spark: [' ', '.', ':', '-', '=', '+', '*', '%', '#'],
  barFull: '#',
  barEmpty: '.',
  dot: '*',
  busy: '~',
  idle: 'o',
  cross: '!',
  cursor: '>',
  mark: '+',
  ascending: '^',
  descending: 'v',
  ellipsis: '~',
  rule: '-',
  separator: '-',
  caret: '_',
  branch: '`',
  limit: '-',
  frame: { ...Object.fromEntries(Array.from(FRAME_CORNERS, (corner) => [corner, '+'])), '─': '-', '│': '|' },
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * ASCII where it was asked for, where the locale says that the terminal does not speak UTF-8, and on the console of the
 * kernel: it speaks UTF-8, but its fonts have none of these.
 */
export function chooseGlyphs(ascii: boolean, env: Environment): Glyphs {
  const isConsole = env['TERM']?.startsWith('linux') === true;
  return ascii || isConsole || !speaksUtf8(env) ? ASCII : UNICODE;
}

/** The first of the three that is set decides (locale(7)). */
function speaksUtf8(env: Environment): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}
