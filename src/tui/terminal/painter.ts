import { changeOfLine, withoutGaps } from './line-changes.ts';
import { findScrolledRows, type ScrolledRows } from './scrolled-rows.ts';

const BEGIN_SYNCHRONIZED = '\x1b[?2026h';
const END_SYNCHRONIZED = '\x1b[?2026l';

/**
 * Remembers what the screen shows and returns the bytes that turn it into the next frame: only what differs, in one
 * synchronized update (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036).
 */
export class Painter {
  #shown: readonly string[] = [];

  /** Returns the bytes for a frame; empty if the screen already shows it. */
  bytesFor(lines: readonly string[]): string {
    const scrolled = findScrolledRows(this.#shown, lines);
    let bytes = scrolled === null ? '' : scroll(scrolled);
    if (scrolled !== null) this.#shown = afterScroll(this.#shown, scrolled);
    for (const [index, line] of lines.entries()) {
      const shown = this.#shown[index];
      if (line !== shown) bytes += bytesForLine(index, shown, line);
    }
    if (lines.length < this.#shown.length) bytes += `${moveTo(lines.length)}\x1b[J`;
    this.#shown = lines;
    return bytes === '' ? '' : BEGIN_SYNCHRONIZED + bytes + END_SYNCHRONIZED;
  }

  /** Paints the next frame in full, because the screen shows something else now. */
  forget(): void {
    this.#shown = [];
  }
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
  if (change === null) return `${moveTo(index)}\x1b[K${withoutGaps(withoutPadding(line))}\x1b[0m`;
  const { column, text, isRest } = change;
  return `${moveTo(index, column)}${isRest ? `\x1b[K${withoutGaps(withoutPadding(text))}` : text}`;
}

/** Drops trailing spaces, because the line was erased. Spaces with a background end with an escape sequence and stay. */
function withoutPadding(line: string): string {
  return line.endsWith(' ') ? line.trimEnd() : line;
}

function moveTo(line: number, column = 0): string {
  return `\x1b[${line + 1};${column + 1}H`;
}
