import { displayWidth } from './display-width.ts';
import { LineScreen, TAB_STOP } from './line-screen.ts';
import { isGray } from './nearest-color.ts';
import { sanitizeOutput } from './sanitize-text.ts';

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

/** A style with what decides whether its color can be shown: backgrounds and inversion are not kept. */
interface Rendition extends TextStyle {
  readonly hasBackground: boolean;
  readonly isInverse: boolean;
}

/** Select Graphic Rendition (ECMA-48, 8.3.117), with the colons of ITU T.416 that some programs use. */
// eslint-disable-next-line no-control-regex -- control characters are the subject
const RENDITION = /^\x1b\[([\d;:]*)m$/;
/** Sequences that move in the line or erase a part of it, and single controls that do. */
// eslint-disable-next-line no-control-regex -- control characters are the subject
const MOVES = /\x1b\[\d*[CDGK`]|[\b\r]/;
/** Text and sequences, alternately. */
// eslint-disable-next-line no-control-regex -- control characters are the subject
const SEQUENCES = /(\x1b\[[\d;:]*[CDGKm`]|[\b\r\t])/;
const DEFAULT: Rendition = {
  color: null,
  isBold: false,
  isDim: false,
  isItalic: false,
  isUnderlined: false,
  hasBackground: false,
  isInverse: false,
};

/**
 * Sanitizes a line of program output but keeps its colors. Text that overwrites other text, as progress bars do, replaces
 * it; all other sequences are removed.
 */
export function parseStyledText(text: string): StyledText {
  const line = text.replace(/[\r\n]+$/, '');
  if (!line.includes('\x1b[') && !MOVES.test(line)) return { text: sanitizeOutput(line), changes: [] };
  const parts = withoutStrings(line).split(SEQUENCES);
  return styledFrom(MOVES.test(line) ? overwritten(parts) : appended(parts));
}

interface Piece {
  readonly text: string;
  readonly style: Rendition;
}

/** An escape sequence whose end is missing. */
// eslint-disable-next-line no-control-regex -- control characters are the subject
const UNFINISHED = /\x1b(?:\[[\d;:]*)?$/;

/** Returns text that looks the same, also after more was added to it, but without what was overwritten. */
export function withoutOverwritten(text: string): string {
  if (!MOVES.test(text)) return text;
  const rest = UNFINISHED.exec(text)?.[0] ?? '';
  const { screen, style } = written(withoutStrings(text.slice(0, text.length - rest.length)).split(SEQUENCES));
  const pieces = screen.pieces().map((piece) => codesOf(piece.style) + piece.text);
  return `${pieces.join('')}${codesOf(style)}\x1b[${String(screen.column + 1)}G${rest}`;
}

function codesOf({ color, isBold, isDim, isItalic, isUnderlined, hasBackground, isInverse }: Rendition): string {
  const codes = ['0', isBold && '1', isDim && '2', isItalic && '3', isUnderlined && '4', isInverse && '7'];
  // Which background it was does not matter, because none is shown.
  return `\x1b[${[...codes, hasBackground && '40', color].filter(Boolean).join(';')}m`;
}

function overwritten(parts: readonly string[]): readonly Piece[] {
  return written(parts).screen.pieces();
}

/** @param parts texts and sequences, alternately: `split` returns them so, because its pattern has a group */
function written(parts: readonly string[]): { readonly screen: LineScreen<Rendition>; readonly style: Rendition } {
  const screen = new LineScreen<Rendition>(DEFAULT);
  let style = DEFAULT;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0) screen.write(sanitizeOutput(part), style);
    else style = apply(screen, style, part);
  }
  return { screen, style };
}

/** The same for lines without moves, nearly all of them, in a fraction of the time. */
function appended(parts: readonly string[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let style = DEFAULT;
  let column = 0;
  for (const [index, part] of parts.entries()) {
    const [, rendition] = index % 2 === 0 ? [] : (RENDITION.exec(part) ?? []);
    if (rendition !== undefined) style = applyRendition(style, rendition);
    const text =
      index % 2 === 0 ? sanitizeOutput(part) : part === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : '';
    if (text === '') continue;
    pieces.push({ text, style });
    column += displayWidth(text);
  }
  return pieces;
}

/** Removes control strings first: they may contain what looks like another sequence. */
function withoutStrings(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are the subject
  return text.replace(/(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x08\x0a-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)/g, '');
}

function apply(screen: LineScreen<Rendition>, style: Rendition, sequence: string): Rendition {
  const [, rendition] = RENDITION.exec(sequence) ?? [];
  if (rendition !== undefined) return applyRendition(style, rendition);
  const count = Number.parseInt(sequence.slice(2), 10);
  const steps = Number.isNaN(count) ? 1 : count;
  switch (sequence.slice(-1)) {
    case '\r':
      screen.moveTo(0);
      break;
    case '\b':
    case 'D':
      screen.moveBy(-steps);
      break;
    case 'C':
      screen.moveBy(steps);
      break;
    case '\t':
      screen.tab();
      break;
    case 'K':
      screen.erase(Number.isNaN(count) ? 0 : count);
      break;
    default:
      screen.moveTo(steps - 1);
  }
  return style;
}

function styledFrom(pieces: readonly Piece[]): StyledText {
  const changes: StyleChange[] = [];
  let text = '';
  let wasPlain = true;
  for (const piece of pieces) {
    const style = shownStyle(piece.style);
    const isPlain = isDefault(style);
    if (!isPlain || !wasPlain) changes.push({ at: text.length, style: isPlain ? null : style });
    wasPlain = isPlain;
    text += piece.text;
  }
  return { text, changes };
}

/** Black, white and gray text on a background of its own is shown in the usual color: without it, it may vanish. */
function shownStyle({ hasBackground, isInverse, color, ...marks }: Rendition): TextStyle {
  const isMadeForIt = color !== null && (hasBackground || isInverse) && isGray(color);
  return { ...marks, color: isMadeForIt ? null : color };
}

function isDefault({ color, isBold, isDim, isItalic, isUnderlined }: TextStyle): boolean {
  return color === null && !isBold && !isDim && !isItalic && !isUnderlined;
}

function applyRendition(previous: Rendition, parameters: string): Rendition {
  const codes = parameters.split(/[;:]/).map(Number);
  let style = previous;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code !== 38 && code !== 48) {
      style = applyCode(style, code);
      continue;
    }
    const length = codes[index + 1] === 2 ? 5 : 3;
    if (code === 48) style = { ...style, hasBackground: true };
    if (code === 38) style = { ...style, color: extendedColor(codes.slice(index, index + length)) ?? style.color };
    index += length - 1;
  }
  return style;
}

function applyCode(style: Rendition, code: number): Rendition {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...style, color: String(code) };
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return { ...style, hasBackground: true };
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
    case 7:
      return { ...style, isInverse: true };
    case 22:
      return { ...style, isBold: false, isDim: false };
    case 23:
      return { ...style, isItalic: false };
    case 24:
      return { ...style, isUnderlined: false };
    case 27:
      return { ...style, isInverse: false };
    case 49:
      return { ...style, hasBackground: false };
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
