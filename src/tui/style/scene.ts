import type { TextStyle } from '../../base/styled-text.ts';
import type { Glyphs } from './glyphs.ts';
import type { Theme, Tone } from './theme.ts';

/** What lines are drawn with. */
export interface Pens {
  readonly theme: Theme;
  readonly glyphs: Glyphs;
}

/** A place on the screen and the pens for it. */
export interface Scene extends Pens {
  readonly columns: number;
  readonly height: number;
}

/** A piece of a line. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
  /** How a program wanted its output to look; it comes before the tone. */
  readonly style?: TextStyle;
}

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}
