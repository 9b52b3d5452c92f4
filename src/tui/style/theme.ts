import type { ColorLevel } from '../../base/color-support.ts';
import { brightnessOf, isGray, nearestColor } from '../../base/nearest-color.ts';
import type { TextStyle } from '../../base/styled-text.ts';

/** The meaning of a piece of text; the theme decides how it looks. */
export type Tone =
  | 'plain'
  | 'strong'
  | 'muted'
  | 'good'
  | 'busy'
  | 'bad'
  | 'info'
  | 'selected'
  | 'match'
  | 'caret'
  /** The colors that distinguish programs where the output of several is shown. */
  | ProgramTone;

/** One of six colors of programs. None of them is red, the color of stderr. */
export type ProgramTone = 'program1' | 'program2' | 'program3' | 'program4' | 'program5' | 'program6';

/** The background of the terminal; null if it did not report one. */
export type Background = 'dark' | 'light' | null;

/** Turns the meaning of text into escape sequences. */
export interface Theme {
  /** Wraps text in the escape sequences of its tone. */
  paint(tone: Tone, text: string): string;
  /** Does the same for text on the selected line. */
  paintSelected(tone: Tone, text: string): string;
  /** Paints program output in its own colors, as far as the terminal supports them; otherwise in the tone. */
  paintStyled(style: TextStyle, tone: Tone, text: string): string;
}

/** Select Graphic Rendition parameters (ECMA-48, 8.3.117). */
type Codes = Readonly<Record<Tone, string>>;

/** The 16 colors, which the user's palette makes readable on any background. Backgrounds are set only by inversion. */
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
  program1: '36',
  program2: '35',
  program3: '33',
  program4: '32',
  program5: '34',
  program6: '96',
};

/** From the 256 colors of xterm, readable on black. Muted text is gray, because some terminals hide dim text. */
const DARK: Codes = {
  ...SIXTEEN,
  muted: '38;5;246',
  good: '38;5;114',
  busy: '38;5;221',
  bad: '38;5;203',
  info: '38;5;80',
  match: '38;5;16;48;5;221',
  program1: '38;5;80',
  program2: '38;5;176',
  program3: '38;5;221',
  program4: '38;5;114',
  program5: '38;5;111',
  program6: '38;5;215',
};

/** The same for white, on which yellow and cyan would be invisible. */
const LIGHT: Codes = {
  ...SIXTEEN,
  muted: '38;5;241',
  good: '38;5;28',
  busy: '38;5;130',
  bad: '38;5;160',
  info: '38;5;25',
  match: '38;5;16;48;5;222',
  program1: '38;5;30',
  program2: '38;5;127',
  program3: '38;5;136',
  program4: '38;5;28',
  program5: '38;5;20',
  program6: '38;5;166',
};

const COLORLESS: Codes = {
  ...SIXTEEN,
  ...{ muted: '', good: '', busy: '', bad: '1', info: '' },
  ...{ program1: '', program2: '', program3: '', program4: '', program5: '', program6: '' },
};

/** Backgrounds for the selected line on which all tones stay readable. */
const SELECTED_ON = { dark: '48;5;238', light: '48;5;253' } as const;

/** The built-in themes. `auto` follows the background that the terminal reports. */
export const THEME_NAMES = ['auto', 'dark', 'light', 'sixteen', 'mono'] as const;
export type ThemeName = (typeof THEME_NAMES)[number];

/** The colors of tones, as SGR parameters, where they are not those of the theme. */
export type Colors = Partial<Codes>;

/** Returns whether colors can be set for a tone with this name. */
export function isToneName(name: string): name is Tone {
  return Object.hasOwn(SIXTEEN, name);
}

/** Creates a built-in theme, with the user's own colors. */
export function createNamedTheme(name: ThemeName, colors: Colors, color: ColorLevel, background: Background): Theme {
  const level = name === 'mono' ? 'none' : name === 'sixteen' && color !== 'none' ? '16' : color;
  const own = Object.fromEntries(
    Object.entries(colors).map(([tone, code]) => [tone, level === 'none' ? '' : nearestColor(code, level)]),
  );
  return createTheme(level, name === 'dark' || name === 'light' ? name : background, own);
}

/** Creates the theme for a number of colors and a background. */
export function createTheme(color: ColorLevel, background: Background = null, own: Colors = {}): Theme {
  const codes = { ...codesFor(color, background), ...own };
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
      // Blanks have no color of their own, so that they need no sequence between others.
      const own = isInvisible(tone, text) ? '' : codes[tone];
      return wrap(own === '' ? selection : `${own};${selection}`, text);
    },
    paintStyled: (style, tone, text) => {
      const own = color === 'none' ? '' : styleCodes(style, color, background);
      return own === '' ? paint(tone, text) : wrap(own, text);
    },
  };
}

function codesFor(color: ColorLevel, background: Background): Codes {
  if (color === 'none') return COLORLESS;
  if (color === '16' || background === null) return SIXTEEN;
  return background === 'dark' ? DARK : LIGHT;
}

function styleCodes(
  { color, isBold, isDim, isItalic, isUnderlined }: TextStyle,
  level: ColorLevel,
  background: Background,
): string {
  const codes = [
    isBold ? '1' : '',
    isDim ? '2' : '',
    isItalic ? '3' : '',
    isUnderlined ? '4' : '',
    color === null || isInvisibleOn(background, color) ? '' : nearestColor(color, level),
  ];
  return codes.filter((code) => code !== '').join(';');
}

/** Brightness up to which text vanishes on black, and from which it vanishes on white. */
const VANISHES = { dark: 0.12, light: 0.88 } as const;

/** Returns whether text of a color would look like the background. */
function isInvisibleOn(background: Background, color: string): boolean {
  if (background === null || !isGray(color)) return false;
  const brightness = brightnessOf(color);
  return background === 'dark' ? brightness < VANISHES.dark : brightness > VANISHES.light;
}

const VISIBLE_ON_SPACES: ReadonlySet<Tone> = new Set<Tone>(['selected', 'match', 'caret']);

/** Spaces look the same in all colors, so they need no escape sequence unless they are inverted. */
function isInvisible(tone: Tone, text: string): boolean {
  return !VISIBLE_ON_SPACES.has(tone) && text.trimStart() === '';
}
