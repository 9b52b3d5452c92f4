import type { ColorLevel } from '../../base/color-support.ts';
import type { TextStyle } from '../../base/styled-text.ts';

/** What a piece of text means; the theme decides how that looks. */
export type Tone = 'plain' | 'strong' | 'muted' | 'good' | 'busy' | 'bad' | 'info' | 'selected' | 'match' | 'caret';

/** What is behind the text; null where the terminal did not tell. */
export type Background = 'dark' | 'light' | null;

export interface Theme {
  /** Wraps plain text into the escape sequences of its meaning. */
  paint(tone: Tone, text: string): string;
  /** The same on the line that is selected. */
  paintSelected(tone: Tone, text: string): string;
  /** Output of a program in its own colours, as far as the terminal knows them; else in the tone. */
  paintStyled(style: TextStyle, tone: Tone, text: string): string;
}

/** Select Graphic Rendition parameters (ECMA-48, 8.3.117). */
type Codes = Readonly<Record<Tone, string>>;

/** The 16 colours, which the user's own palette makes readable on light and dark; backgrounds only by inversion. */
const SIXTEEN: Codes = {
  plain: '',
  strong: '1',
  muted: '2',
  good: '32',
  busy: '33',
  bad: '31',
  info: '36',
  selected: '7',
  match: '7',
  caret: '7',
};

/** Of the 256 colours (xterm), readable on black: faint text is grey rather than dim, which some terminals hide. */
const DARK: Codes = {
  ...SIXTEEN,
  muted: '38;5;246',
  good: '38;5;114',
  busy: '38;5;221',
  bad: '38;5;203',
  info: '38;5;80',
  match: '38;5;16;48;5;221',
};

/** The same on white, where yellow and cyan would vanish. */
const LIGHT: Codes = {
  ...SIXTEEN,
  muted: '38;5;241',
  good: '38;5;28',
  busy: '38;5;130',
  bad: '38;5;160',
  info: '38;5;25',
  match: '38;5;16;48;5;222',
};

const COLORLESS: Codes = { ...SIXTEEN, muted: '', good: '', busy: '', bad: '1', info: '' };

/** The background of the selected line, where the terminal has one that suits; the tones stay readable on it. */
const SELECTED_ON = { dark: '48;5;238', light: '48;5;253' } as const;

export function createTheme(color: ColorLevel, background: Background = null): Theme {
  const codes = codesFor(color, background);
  const hasPalette = color === '256' || color === 'truecolor';
  const selection = hasPalette && background !== null ? SELECTED_ON[background] : null;
  const wrap = (sequence: string, text: string): string => `\x1b[${sequence}m${text}\x1b[0m`;
  const paint = (tone: Tone, text: string): string =>
    codes[tone] === '' || isInvisible(tone, text) ? text : wrap(codes[tone], text);
  return {
    paint,
    paintSelected: (tone, text) => {
      if (text === '') return '';
      if (selection === null) return wrap(codes.selected, text);
      return wrap(codes[tone] === '' ? selection : `${codes[tone]};${selection}`, text);
    },
    paintStyled: (style, tone, text) => {
      const own = color === 'none' ? '' : styleCodes(style, color);
      return own === '' ? paint(tone, text) : wrap(own, text);
    },
  };
}

function codesFor(color: ColorLevel, background: Background): Codes {
  if (color === 'none') return COLORLESS;
  if (color === '16' || background === null) return SIXTEEN;
  return background === 'dark' ? DARK : LIGHT;
}

function styleCodes({ color, isBold, isDim, isItalic, isUnderlined }: TextStyle, level: ColorLevel): string {
  const codes = [
    isBold ? '1' : '',
    isDim ? '2' : '',
    isItalic ? '3' : '',
    isUnderlined ? '4' : '',
    color !== null && isKnown(color, level) ? color : '',
  ];
  return codes.filter((code) => code !== '').join(';');
}

/** Whether a terminal of this level has the colour. */
function isKnown(color: string, level: ColorLevel): boolean {
  if (color.startsWith('38;2')) return level === 'truecolor';
  return !color.startsWith('38;5') || level !== '16';
}

const SEEN_ON_BLANKS: ReadonlySet<Tone> = new Set<Tone>(['selected', 'match', 'caret']);

/** Blanks look alike in all colours, so they cost no escape sequence; inverted they are seen. */
function isInvisible(tone: Tone, text: string): boolean {
  return !SEEN_ON_BLANKS.has(tone) && text.trimStart() === '';
}
