import { NARROW } from '../style/narrow-characters.ts';

/** A part of a line of one look, with the sequences around it. */
const PIECES = /\x1b\[[0-9;]*m[^\x1b]*\x1b\[0m|[^\x1b]+/g; // eslint-disable-line no-control-regex -- sequences are ASCII
const END_STYLE = '\x1b[0m';
/** The end of a style with a sequence after it. */
const RESTYLED = `${END_STYLE}\x1b[`;
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
 * its characters are not certain: then the whole line is. What both lines begin and end with is only compared, because
 * most of a line stays as it is.
 */
export function changeOfLine(shown: string, next: string): LineChange | null {
  const start = startOfChange(shown, next);
  const kept = keptAtEnd(shown, next, start);
  const before = splitLine(shown.slice(start, shown.length - kept));
  const after = splitLine(next.slice(start, next.length - kept));
  const indent = widthOfPrefix(next, start);
  if (before === null || after === null || indent === null) return null;
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - same;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const column = indent + widthOf(after.slice(0, same));
  const changed = after.slice(same, after.length - end);
  const isRest = widthOf(before.slice(same, before.length - end)) !== widthOf(changed);
  const rest = (): string => after.slice(same).join('') + next.slice(next.length - kept);
  return { column, text: isRest ? rest() : changed.join(''), isRest, isLast: isRest || (end === 0 && kept === 0) };
}

/** Returns the last place up to which both lines are the same and where no style is set. */
function startOfChange(shown: string, next: string): number {
  const most = Math.min(shown.length, next.length);
  let same = 0;
  while (same < most && shown.charCodeAt(same) === next.charCodeAt(same)) same += 1;
  const at = same < END_STYLE.length ? -1 : next.lastIndexOf(END_STYLE, same - END_STYLE.length);
  return at === -1 ? 0 : at + END_STYLE.length;
}

/** Returns how many characters both lines have in common at their end, from a place on where no style is set. */
function keptAtEnd(shown: string, next: string, start: number): number {
  const most = Math.min(shown.length, next.length) - start;
  let same = 0;
  while (same < most && shown.charCodeAt(shown.length - 1 - same) === next.charCodeAt(next.length - 1 - same))
    same += 1;
  const at = next.indexOf(END_STYLE, next.length - same);
  const kept = at === -1 ? 0 : next.length - at - END_STYLE.length;
  // A mark that is drawn over the character before it would be lost with that character.
  return NARROW.test(next.charAt(next.length - kept)) ? kept : 0;
}

/** Returns how many columns the first characters of a line take; null if that is not certain. */
function widthOfPrefix(line: string, length: number): number | null {
  const text = line.slice(0, length).replace(SEQUENCES, '');
  return NARROW.test(text) ? text.length : null;
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
  if (!text.includes(RESTYLED)) return text;
  // The styles that are set, one after another.
  let styles = '';
  let at = 0;
  let kept = '';
  for (const { 0: sequence, index } of text.matchAll(SEQUENCES)) {
    if (index < at) continue;
    if (sequence !== END_STYLE) {
      styles += sequence;
      continue;
    }
    const after = index + sequence.length;
    const isOne = styles.indexOf('m') === styles.length - 1;
    if (isOne && text.startsWith(styles === '' ? END_STYLE : styles, after)) {
      kept += text.slice(at, index);
      at = after + styles.length;
    } else {
      styles = '';
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
