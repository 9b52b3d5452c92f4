import type { Environment } from './environment.ts';
/** The number of colors to use, from none to 24-bit. */
export type ColorLevel = 'none' | '16' | '256' | 'truecolor';

interface ColorQuestion {
  /** The value of `--color`. */
  readonly flag: 'auto' | 'always' | 'never';
  readonly env: Environment;
  readonly isTty: boolean;
}

const FORCED_LEVELS: Readonly<Record<string, ColorLevel>> = {
  '0': 'none',
  false: 'none',
  '1': '16',
  '2': '256',
  '3': 'truecolor',
};

/**
 * Returns the colors to use. The flag takes precedence, then NO_COLOR (https://no-color.org), FORCE_COLOR and
 * CLICOLOR_FORCE, and finally the capabilities of the terminal.
 */
export function detectColor({ flag, env, isTty }: ColorQuestion): ColorLevel {
  if (flag === 'never') return 'none';
  if (flag === 'always') return levelOfTerminal(env);
  if (isSet(env['NO_COLOR'])) return 'none';
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return FORCED_LEVELS[forced] ?? levelOfTerminal(env);
  if (isSet(env['CLICOLOR_FORCE']) && env['CLICOLOR_FORCE'] !== '0') return levelOfTerminal(env);
  if (!isTty || env['TERM'] === 'dumb') return 'none';
  return levelOfTerminal(env);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** Terminals that support 24-bit colors; over SSH, TERM is all that is known of them. */
const TRUECOLOR_TERMS =
  /^(?:xterm-(?:kitty|ghostty)|alacritty|foot|wezterm|ghostty|contour|rio|mintty|konsole|iterm2?)(?:-|$)/;
/** Terminals that have had 256 colors for decades, although their terminfo entry has fewer. */
const PALETTE_TERMS = /^(?:xterm|screen|tmux|rxvt-unicode|st|vte|gnome|putty)(?:-|\.|$)/;
/** Entries that state fewer colors. */
const FEWER_TERMS = /-(?:mono|m|vt\d+|old|16color|8color|88color)$/;

/** Returns the colors of the terminal, at least the 16 that every color terminal supports. */
function levelOfTerminal(env: ColorQuestion['env']): ColorLevel {
  const colorTerm = env['COLORTERM'];
  if (colorTerm === 'truecolor' || colorTerm === '24bit') return 'truecolor';
  const term = env['TERM'] ?? '';
  if (term.endsWith('-direct') || TRUECOLOR_TERMS.test(term)) return 'truecolor';
  return term.includes('256color') || (PALETTE_TERMS.test(term) && !FEWER_TERMS.test(term)) ? '256' : '16';
}
