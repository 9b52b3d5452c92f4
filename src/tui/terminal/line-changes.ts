import { NARROW } from '../style/narrow-characters.ts';

/** A part of a line of one look, with the sequences around it. */
const PIECES = /\x1b\[[0-9;]*m[^\x1b]*\x1b\[0m|[^\x1b]+/g; // eslint-disable-line no-control-regex -- sequences are ASCII
const SEQUENCES = /\x1b\[[0-9;]*m/g; // eslint-disable-line no-control-regex -- sequences are ASCII

/** The part of a line that differs from what the screen shows. */
interface LineChange {
  readonly column: number;
  readonly text: string;
  /** Whether it reaches to the end of the line, so that what is shown there has to be erased. */
  readonly isRest: boolean;
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
  return { column, text: (isRest ? after.slice(start) : changed).join(''), isRest };
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

/** Splits a line into parts that end without a style; null if it has others, or characters of an uncertain width. */
function piecesOf(line: string): readonly string[] | null {
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
