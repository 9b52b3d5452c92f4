import { TUI_LIMITS } from '../style/tui-limits.ts';

const ESC = 0x1b;
/** What ends a paste (xterm, "Bracketed Paste Mode"). */
const END = [ESC, ...Buffer.from('[201~')];

/** Collects a paste up to the mark of its end, and at most `pasteChars` of it. */
export class PastedText {
  #text = '';
  /** The number of characters of the mark that have arrived. */
  #ended = 0;

  /** Whether the mark of the end has begun. */
  get isEnding(): boolean {
    return this.#ended > 0;
  }

  /** Takes a character. Returns whether it completed the mark of the end. */
  take(code: number): boolean {
    if (code === END[this.#ended]) {
      this.#ended += 1;
      if (this.#ended < END.length) return false;
      this.#ended = 0;
      return true;
    }
    for (const part of END.slice(0, this.#ended)) this.#add(part);
    this.#ended = code === ESC ? 1 : 0;
    if (this.#ended === 0) this.#add(code);
    return false;
  }

  /** Returns the text since the last call. */
  release(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  #add(code: number): void {
    if (this.#text.length < TUI_LIMITS.pasteChars) this.#text += String.fromCodePoint(code);
  }
}
