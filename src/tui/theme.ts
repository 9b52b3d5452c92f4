import type { ColorLevel } from '../base/color-support.ts';

/** What a piece of text means; the theme decides how that looks. */
export type Tone = 'plain' | 'strong' | 'muted' | 'good' | 'busy' | 'bad' | 'info' | 'selected' | 'match';

export interface Theme {
  /** Wraps plain text into the escape sequences of its meaning. */
  paint(tone: Tone, text: string): string;
}

/**
 * Select Graphic Rendition parameters (ECMA-48, 8.3.117). Only the 16 colours, which the user's own palette makes
 * readable on light and dark, and never a background but by inversion.
 */
const COLORED: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '1',
  muted: '2',
  good: '32',
  busy: '33',
  bad: '31',
  info: '36',
  selected: '7',
  match: '7',
};

const COLORLESS: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '1',
  muted: '',
  good: '',
  busy: '',
  bad: '1',
  info: '',
  selected: '7',
  match: '7',
};

export function createTheme(color: ColorLevel): Theme {
  const codes = color === 'none' ? COLORLESS : COLORED;
  return {
    paint: (tone, text) =>
      codes[tone] === '' || isInvisible(tone, text) ? text : `\x1b[${codes[tone]}m${text}\x1b[0m`,
  };
}

/** Blanks look alike in all colours, so they cost no escape sequence; inverted they are seen. */
function isInvisible(tone: Tone, text: string): boolean {
  return tone !== 'selected' && tone !== 'match' && text.trimStart() === '';
}
