import type { TextStyle } from '../../base/styled-text.ts';
import type { Glyphs } from './glyphs.ts';
import type { Theme, Tone } from './theme.ts';

/** The theme and the symbols that lines are drawn with. */
export interface Pens {
  readonly theme: Theme;
  readonly glyphs: Glyphs;
}

/** The size of a part of the screen, and the pens for it. */
export interface Scene extends Pens {
  readonly columns: number;
  readonly height: number;
}

/** A piece of a line with one look. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
  /** The style that a program gave its output; it takes precedence over the tone. */
  readonly style?: TextStyle;
}

/** Creates a piece of a line. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}
