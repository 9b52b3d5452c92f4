import { NARROW } from '../style/narrow-characters.ts';

/** A part of a line of one look, with the sequences around it. */
const PIECES = /\x1b\[[0-9;]*m[^\x1b]*\x1b\[0m|[^\x1b]+/g; // eslint-disable-line no-control-regex -- sequences are ASCII
const END_STYLE = '\x1b[0m';
const SEQUENCES = /\x1b\[[0-9;]*m/g; // eslint-disable-line no-control-regex -- sequences are ASCII

/** The part of a line that differs from what the screen shows. */
export interface LineChange {
  readonly column: number;
  readonly text: string;
  /** Whether what is shown up to the end of the line has to be erased. */
  readonly isRest: boolean;
  /** Whether it reaches to the end of the line. */
  readonly isLast: boolean;
}

/**
 * Returns the part of a line that differs from the shown one, so that only this part is sent; null if the columns of
 * its characters are not certain: then the whole line is.
 */
export function changeOfLine(shown: string, next: string): LineChange | null {
  const before = piecesOf(shown);
  const after = piecesOf(next);
  if (before === null || after === null) return null;
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const column = widthOf(after.slice(0, start));
  const changed = after.slice(start, after.length - end);
  const isRest = widthOf(before.slice(start, before.length - end)) !== widthOf(changed);
  return { column, text: (isRest ? after.slice(start) : changed).join(''), isRest, isLast: isRest || end === 0 };
}

/** Unstyled spaces from this number on take fewer bytes as an erasure and a movement. */
const LONG_BLANK = 12;

/** Returns text that replaces other text: wide gaps are erased instead of written. */
export function withErasedGaps(text: string): string {
  if (!text.includes('            ')) return text;
  const pieces = text.match(PIECES) ?? [];
  return pieces
    .map((piece) =>
      piece.startsWith('\x1b')
        ? piece
        : piece.replace(/ +/g, (gap) =>
            gap.length < LONG_BLANK ? gap : `\x1b[${String(gap.length)}X${skip(gap.length)}`,
          ),
    )
    .join('');
}

/** Leaves out sequences that end a style only to begin the same one again, and those that end none. */
export function withoutRestyling(text: string): string {
  let styles: readonly string[] = [];
  let at = 0;
  let kept = '';
  for (const { 0: sequence, index } of text.matchAll(SEQUENCES)) {
    if (index < at) continue;
    if (sequence !== END_STYLE) {
      styles = [...styles, sequence];
      continue;
    }
    const after = index + sequence.length;
    const [style = END_STYLE, ...others] = styles;
    if (others.length === 0 && text.startsWith(style, after)) {
      kept += text.slice(at, index);
      at = style === END_STYLE ? after : after + style.length;
    } else {
      styles = [];
    }
  }
  return kept + text.slice(at);
}

/** Unstyled spaces from this number on take fewer bytes as a movement of the cursor. */
const LONG_GAP = 6;

/** Returns a line for a row that was erased: wide gaps are skipped instead of written. */
export function withoutGaps(line: string): string {
  if (!line.includes('      ')) return line;
  const pieces = line.match(PIECES) ?? [];
  if (pieces.reduce((sum, { length }) => sum + length, 0) !== line.length) return line;
  return pieces
    .map((piece) =>
      piece.startsWith('\x1b')
        ? piece
        : piece.replace(/ +/g, (gap) => (gap.length < LONG_GAP ? gap : skip(gap.length))),
    )
    .join('');
}

/** Moves the cursor to the right (ECMA-48, "CUF"). */
function skip(columns: number): string {
  return `\x1b[${String(columns)}C`;
}

/** The pieces of the last lines: each is compared twice, when it is drawn and when the next one replaces it. */
const lastPieces = new Map<string, readonly string[] | null>();
const MOST_HELD = 200;

function piecesOf(line: string): readonly string[] | null {
  const held = lastPieces.get(line);
  if (held !== undefined) return held;
  if (lastPieces.size >= MOST_HELD) lastPieces.clear();
  const pieces = splitLine(line);
  lastPieces.set(line, pieces);
  return pieces;
}

/** Splits a line into parts that end without a style; null if it has others, or characters of an uncertain width. */
function splitLine(line: string): readonly string[] | null {
  const pieces = line.match(PIECES) ?? [];
  if (pieces.reduce((sum, { length }) => sum + length, 0) !== line.length) return null;
  if (!NARROW.test(line.replace(SEQUENCES, ''))) return null;
  return pieces.flatMap((piece) => (piece.startsWith('\x1b') ? [piece] : wordsOf(piece)));
}

/** Splits unstyled text at its blanks, so that a changed figure is sent alone. */
function wordsOf(text: string): readonly string[] {
  return text.match(/ +|[^ ]+/g) ?? [];
}

function widthOf(pieces: readonly string[]): number {
  return pieces.reduce((sum, piece) => sum + piece.replace(SEQUENCES, '').length, 0);
}
