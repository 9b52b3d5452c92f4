import { charactersOf } from './characters.ts';
import { displayWidth } from './display-width.ts';

export const TAB_STOP = 8;
/** The cursor goes at most this far beyond the text, whatever a program requests. */
const MAX_JUMP = 1000;

/** A character with its style; the second column of a wide character is empty text. */
interface Cell<Style> {
  readonly text: string;
  readonly style: Style;
}

/** One line of a terminal: text is written over what is there, as a progress bar does. */
export class LineScreen<Style> {
  readonly #blank: Style;
  readonly #cells: Cell<Style>[] = [];
  #column = 0;

  constructor(blank: Style) {
    this.#blank = blank;
  }

  /** The column of the cursor, counted from 0. */
  get column(): number {
    return this.#column;
  }

  write(text: string, style: Style): void {
    for (const character of charactersOf(text)) {
      const width = displayWidth(character);
      const before = this.#cells[this.#column - 1];
      if (width === 0) {
        // A mark belongs to the character before it.
        if (before !== undefined) this.#cells[this.#column - 1] = { ...before, text: before.text + character };
        continue;
      }
      this.#fillTo(this.#column);
      this.#breakWide(this.#column);
      this.#cells[this.#column] = { text: character, style };
      if (width === 2) {
        this.#breakWide(this.#column + 1);
        this.#cells[this.#column + 1] = { text: '', style };
      }
      this.#column += width;
    }
  }

  tab(): void {
    this.moveTo(this.#column - (this.#column % TAB_STOP) + TAB_STOP);
  }

  /** @param column counted from 0 */
  moveTo(column: number): void {
    this.#column = Math.max(0, Math.min(column, this.#cells.length + MAX_JUMP));
  }

  moveBy(columns: number): void {
    this.moveTo(this.#column + columns);
  }

  /** @param part of Erase in Line (ECMA-48, 8.3.41): 0 from the cursor, 1 up to the cursor, 2 all */
  erase(part: number): void {
    this.#breakWide(this.#column);
    if (part === 0) this.#cells.length = Math.min(this.#cells.length, this.#column);
    if (part === 1) this.#cells.fill({ text: ' ', style: this.#blank }, 0, this.#column + 1);
    if (part === 2) this.#cells.length = 0;
  }

  /** Returns the text in pieces of one style. */
  pieces(): readonly { readonly text: string; readonly style: Style }[] {
    const pieces: { text: string; style: Style }[] = [];
    for (const { text, style } of this.#cells) {
      const last = pieces.at(-1);
      if (last?.style === style) last.text += text;
      else pieces.push({ text, style });
    }
    return pieces;
  }

  #fillTo(column: number): void {
    while (this.#cells.length < column) this.#cells.push({ text: ' ', style: this.#blank });
  }

  /** Half of a wide character that is overwritten leaves a blank. */
  #breakWide(column: number): void {
    const cell = this.#cells[column];
    if (cell?.text === '' && column > 0) this.#cells[column - 1] = { text: ' ', style: cell.style };
    const next = this.#cells[column + 1];
    if (cell !== undefined && cell.text !== '' && next?.text === '') {
      this.#cells[column + 1] = { text: ' ', style: next.style };
    }
  }
}
