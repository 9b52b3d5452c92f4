import { sanitizeText } from './sanitize-text.ts';

/** The text attributes that program output may use. Backgrounds and inversion could imitate the terminal UI. */
export interface TextStyle {
  /** Parameters of Select Graphic Rendition: "31", "38;5;208", "38;2;255;128;0". */
  readonly color: string | null;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
}

/** From `at` on, the text has this style; null is the default style. */
export interface StyleChange {
  readonly at: number;
  readonly style: TextStyle | null;
}

export interface StyledText {
  /** Safe to print. */
  readonly text: string;
  /** In text order; empty for most lines. */
  readonly changes: readonly StyleChange[];
}

/** Select Graphic Rendition (ECMA-48, 8.3.117), with the colons of ITU T.416 that some programs use. */
// eslint-disable-next-line no-control-regex -- control characters are the subject
const RENDITION = /\x1b\[([\d;:]*)m/;
const DEFAULT: TextStyle = { color: null, isBold: false, isDim: false, isItalic: false, isUnderlined: false };

/** Sanitizes program output but keeps its colors; all other sequences are removed. */
export function parseStyledText(text: string): StyledText {
  if (!text.includes('\x1b[')) return { text: sanitizeText(text), changes: [] };
  // Since the pattern has a group, `split` returns texts and parameters alternately.
  const pieces = text.split(RENDITION);
  const changes: StyleChange[] = [];
  let style = DEFAULT;
  let plain = '';
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 0) plain += sanitizeText(piece);
    else {
      style = applyRendition(style, piece);
      changes.push({ at: plain.length, style: isDefault(style) ? null : style });
    }
  }
  return { text: plain, changes };
}

function isDefault({ color, isBold, isDim, isItalic, isUnderlined }: TextStyle): boolean {
  return color === null && !isBold && !isDim && !isItalic && !isUnderlined;
}

function applyRendition(previous: TextStyle, parameters: string): TextStyle {
  const codes = parameters.split(/[;:]/).map(Number);
  let style = previous;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code !== 38 && code !== 48) {
      style = applyCode(style, code);
      continue;
    }
    const length = codes[index + 1] === 2 ? 5 : 3;
    if (code === 38) style = { ...style, color: extendedColor(codes.slice(index, index + length)) ?? style.color };
    index += length - 1;
  }
  return style;
}

function applyCode(style: TextStyle, code: number): TextStyle {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...style, color: String(code) };
  switch (code) {
    case 0:
      return DEFAULT;
    case 1:
      return { ...style, isBold: true };
    case 2:
      return { ...style, isDim: true };
    case 3:
      return { ...style, isItalic: true };
    case 4:
      return { ...style, isUnderlined: true };
    case 22:
      return { ...style, isBold: false, isDim: false };
    case 23:
      return { ...style, isItalic: false };
    case 24:
      return { ...style, isUnderlined: false };
    case 39:
      return { ...style, color: null };
    default:
      return style;
  }
}

/** Returns null for an incomplete or out-of-range color. */
function extendedColor(codes: readonly number[]): string | null {
  const isWhole = codes[1] === 2 ? codes.length === 5 : codes[1] === 5 && codes.length === 3;
  const isInRange = codes.every((code) => Number.isInteger(code) && code >= 0 && code <= 255);
  return isWhole && isInRange ? codes.join(';') : null;
}

/** Returns the text from `from` to `to`, split where its style changes. */
export function styledPieces(
  { text, changes }: StyledText,
  from: number,
  to: number,
): readonly { readonly text: string; readonly style: TextStyle | null }[] {
  const pieces: { text: string; style: TextStyle | null }[] = [];
  let start = from;
  let style: TextStyle | null = null;
  for (const change of changes) {
    const end = Math.max(from, Math.min(to, change.at));
    if (end > start) pieces.push({ text: text.slice(start, end), style });
    start = Math.max(start, end);
    style = change.style;
  }
  if (to > start) pieces.push({ text: text.slice(start, to), style });
  return pieces;
}
