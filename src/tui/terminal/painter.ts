import { changeOfLine, type LineChange, withErasedGaps, withoutGaps, withoutRestyling } from './line-changes.ts';
import { findScrolledRows, type ScrolledRows } from './scrolled-rows.ts';

const BEGIN_SYNCHRONIZED = '\x1b[?2026h';
const END_SYNCHRONIZED = '\x1b[?2026l';
const USUAL_STYLE = '\x1b[0m';

/** How a frame is sent if a slow line cannot take all of it at once. */
export interface Portion {
  /** At most about this many bytes; what is left follows with `rest`. */
  readonly bytes: number;
  /** The rows in the order in which they are sent. */
  readonly order: readonly number[];
  /** What is drawn on each row. If this changes, what the row shows is erased, even if its text follows later. */
  readonly parts: readonly string[];
}

/**
 * Remembers what the screen shows and returns the bytes that turn it into the next frame: only what differs, in one
 * synchronized update (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036).
 */
export class Painter {
  #shown: readonly string[] = [];
  #parts: readonly string[] = [];
  /** The frame of which a part was sent; null if all of it is shown. */
  #unfinished: readonly string[] | null = null;

  /** Returns the bytes for a frame, or for the first portion of it; empty if the screen already shows it. */
  bytesFor(lines: readonly string[], portion: Portion | null = null): string {
    const scrolled = findScrolledRows(this.#shown, lines);
    let bytes = scrolled === null ? '' : scroll(scrolled);
    if (scrolled !== null) this.#shown = afterScroll(this.#shown, scrolled);
    bytes += this.#paint(lines, portion);
    if (lines.length < this.#shown.length) {
      bytes += `${moveTo(lines.length)}\x1b[J`;
      this.#shown = this.#shown.slice(0, lines.length);
    }
    return synchronized(bytes);
  }

  /** Returns the bytes for the next portion of the frame; empty if all of it is shown. */
  rest(portion: Portion | null): string {
    return this.#unfinished === null ? '' : synchronized(this.#paint(this.#unfinished, portion));
  }

  /** Whether a part of the last frame is not shown yet. */
  get isUnfinished(): boolean {
    return this.#unfinished !== null;
  }

  /** Paints the next frame in full, because the screen shows something else now. */
  forget(): void {
    this.#shown = [];
    this.#parts = [];
    this.#unfinished = null;
  }

  #paint(lines: readonly string[], portion: Portion | null): string {
    const from = portion === null ? null : this.#cheapErasureFrom(lines, portion);
    if (from !== null) this.#shown = this.#shown.map((line, row) => (row < from ? line : ''));
    const shown = [...this.#shown];
    let bytes = from === null ? '' : `${moveTo(from)}\x1b[J`;
    const order = portion?.order ?? lines.keys();
    let left = portion === null ? Infinity : portion.bytes - this.#erasedBytes(lines, portion);
    let isUnfinished = false;
    let hasRow = false;
    for (const row of order) {
      const line = lines[row] ?? '';
      if (line === shown[row]) continue;
      // At least one row is sent, so that every frame is finished in the end.
      const isLater = left <= 0 && hasRow;
      const erasure = this.#erasureOf(row, portion);
      const change = isLater ? erasure : bytesForLine(row, shown[row], line);
      isUnfinished ||= isLater;
      if (change === '') continue;
      hasRow = true;
      shown[row] = isLater ? '' : line;
      bytes += change;
      left += erasure.length - Buffer.byteLength(change);
    }
    if (portion !== null) this.#parts = portion.parts;
    this.#unfinished = isUnfinished ? lines : null;
    this.#shown = isUnfinished ? shown : lines;
    return bytes;
  }

  /**
   * Returns the row from which on the whole screen is erased at once, because that takes fewer bytes than row by row, even
   * if rows that are not erased otherwise are sent again; null if it does not.
   */
  #cheapErasureFrom(lines: readonly string[], portion: Portion): number | null {
    const erased = lines.map((line, row) => (line === this.#shown[row] ? '' : this.#erasureOf(row, portion)));
    const from = erased.findIndex((erasure) => erasure !== '');
    if (from === -1) return null;
    const staying = this.#shown.filter((_line, row) => row >= from && (erased[row] ?? '') === '');
    const saved = erased.join('').length - moveTo(from).length;
    return saved > 2 * Buffer.byteLength(staying.join('')) ? from : null;
  }

  /** Counts the bytes that would erase rows if none of their text was sent. */
  #erasedBytes(lines: readonly string[], portion: Portion): number {
    const changed = portion.order.filter((row) => (lines[row] ?? '') !== this.#shown[row]);
    return changed.reduce((sum, row) => sum + this.#erasureOf(row, portion).length, 0);
  }

  /** Returns the bytes that erase a row whose text belongs to something else; its own text follows later. */
  #erasureOf(row: number, portion: Portion | null): string {
    const shown = this.#shown[row];
    if (shown === undefined || shown === '' || this.#parts[row] === portion?.parts[row]) return '';
    return `${moveTo(row)}\x1b[K`;
  }
}

function synchronized(bytes: string): string {
  return bytes === '' ? '' : BEGIN_SYNCHRONIZED + bytes + END_SYNCHRONIZED;
}

/** Scrolls a region (ECMA-48, LF at its last row; DECSTBM), which moves the cursor. */
function scroll({ from, to, by }: ScrolledRows): string {
  return `\x1b[${from + 1};${to}r${moveTo(to - 1)}${'\n'.repeat(by)}\x1b[r`;
}

/** Returns what the screen shows after a region was scrolled. */
function afterScroll(shown: readonly string[], { from, to, by }: ScrolledRows): readonly string[] {
  return [...shown.slice(0, from), ...shown.slice(from + by, to), ...Array<string>(by).fill(''), ...shown.slice(to)];
}

function bytesForLine(index: number, shown: string | undefined, line: string): string {
  const change = shown === undefined ? null : changeOfLine(shown, line);
  // Erase first: with autowrap off, the cursor stays on the last column, so erasing after a full line would delete it.
  if (change === null) return `${moveTo(index)}\x1b[K${withoutRestyling(reset(withoutGaps(withoutPadding(line))))}`;
  return moveTo(index, change.column) + withoutRestyling(textOfChange(change));
}

function textOfChange({ text, isRest, isLast }: LineChange): string {
  if (isRest) return `\x1b[K${withoutGaps(withoutPadding(text))}`;
  const short = isLast ? withoutPadding(text) : text;
  // After the last column, there is nothing to erase.
  return withErasedGaps(short) + (text.length - short.length > 0 ? '\x1b[K' : '');
}

/** Ends a text in the usual style. */
function reset(text: string): string {
  return text.endsWith(USUAL_STYLE) ? text : text + USUAL_STYLE;
}

/** Drops trailing spaces, because the line was erased. Spaces with a background end with an escape sequence and stay. */
function withoutPadding(line: string): string {
  return line.endsWith(' ') ? line.trimEnd() : line;
}

function moveTo(line: number, column = 0): string {
  return `\x1b[${line + 1};${column + 1}H`;
}
