const BEGIN_SYNCHRONIZED = '\x1b[?2026h';
const END_SYNCHRONIZED = '\x1b[?2026l';

/**
 * Knows what the screen shows and says which bytes turn it into the next frame: only the lines that differ, in one
 * synchronised update (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036).
 */
export class Painter {
  #shown: readonly string[] = [];

  /** Empty when the screen shows these lines already. */
  bytesFor(lines: readonly string[]): string {
    let bytes = '';
    for (const [index, line] of lines.entries()) {
      // Erased first: with autowrap off the cursor stays on the last column, and erasing after a full line would eat it.
      if (line !== this.#shown[index]) bytes += `${moveTo(index)}\x1b[K${withoutPadding(line)}\x1b[0m`;
    }
    if (lines.length < this.#shown.length) bytes += `${moveTo(lines.length)}\x1b[J`;
    this.#shown = lines;
    return bytes === '' ? '' : BEGIN_SYNCHRONIZED + bytes + END_SYNCHRONIZED;
  }

  /** The screen shows something else: the next frame is painted whole. */
  forget(): void {
    this.#shown = [];
  }
}

/** What was erased is blank already. Blanks of a marked line end with an escape sequence and stay. */
function withoutPadding(line: string): string {
  return line.endsWith(' ') ? line.trimEnd() : line;
}

function moveTo(line: number): string {
  return `\x1b[${line + 1};1H`;
}
