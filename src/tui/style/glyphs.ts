import type { Environment } from '../../base/environment.ts';
/** The symbols that the screen is drawn with. Each is one column wide. */
export interface Glyphs {
  /** Low to high; the first stands for zero. */
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
  /** The border of a pane: its corners from the upper left, clockwise, and its side. */
  readonly corners: readonly [string, string, string, string];
  readonly side: string;
  /** Where a value of a scale is. */
  readonly tick: string;
  /** A restart, and an anomaly, on the time axis of a chart. */
  readonly restart: string;
  readonly caret: string;
  /** In front of a line of output, in the color of its program. */
  readonly stripe: string;
  /** The bar of a gauge in the table. */
  readonly gaugeFull: string;
  readonly gaugeEmpty: string;
  /** In front of a number of recent restarts. */
  readonly rise: string;
  /** Between a number and what it counts. */
  readonly times: string;
  /** Between a cause and what follows from it. */
  readonly arrow: string;
  /** In front of the number of programs that need attention. */
  readonly warning: string;
  /** In front of a child process in a tree. */
  readonly branch: string;
  /** In front of what is folded, and of what is shown in full. */
  readonly folded: string;
  readonly unfolded: string;
  /** Around the chosen value of a field. */
  readonly choice: readonly [string, string];
  /** Marks a limit in a chart. */
  readonly limit: string;
  /** Replacements for the corners and edges that `ink-table` draws; null keeps its own. */
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
  corners: ['╭', '╮', '╯', '╰'],
  side: '│',
  tick: '┤',
  restart: '↻',
  caret: '█',
  stripe: '▎',
  gaugeFull: '▇',
  gaugeEmpty: '▁',
  rise: '↑',
  times: '×',
  arrow: '→',
  warning: '▲',
  branch: '└',
  folded: '▸',
  unfolded: '▾',
  choice: ['‹', '›'],
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
  corners: ['+', '+', '+', '+'],
  side: '|',
  tick: '+',
  restart: 'R',
  caret: '_',
  stripe: '|',
  gaugeFull: '#',
  gaugeEmpty: '.',
  rise: '^',
  times: 'x',
  arrow: '->',
  warning: '!',
  branch: '`',
  folded: '+',
  unfolded: '-',
  choice: ['<', '>'],
  limit: '-',
  frame: { ...Object.fromEntries(Array.from(FRAME_CORNERS, (corner) => [corner, '+'])), '─': '-', '│': '|' },
};

/**
 * Returns ASCII symbols if the user asked for them, if the locale does not use UTF-8, and on the Linux console, which
 * supports UTF-8 but has no glyphs for these symbols.
 */
export function chooseGlyphs(ascii: boolean, env: Environment): Glyphs {
  const isConsole = env['TERM']?.startsWith('linux') === true;
  return ascii || isConsole || !usesUtf8(env) ? ASCII : UNICODE;
}

/** Returns whether all symbols are ASCII. */
export function isAscii(glyphs: Glyphs): boolean {
  return glyphs === ASCII;
}

/** Uses the first of the three variables that is set, as locale(7) describes. */
function usesUtf8(env: Environment): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}
