import { withoutOverwritten } from './styled-text.ts';

/** Longer lines are not joined: only their beginning is kept. */
const MAX_CHARS = 1024 * 1024;
/** Text that overwrites itself is shortened at this length, and then whenever it has doubled. */
const SHORTEN_FROM = 1024;

/**
 * The text of a line that is not finished and arrives in parts. A progress bar that is redrawn for hours stays short, since
 * the whole text is parsed with each part.
 */
export class OpenText {
  #text = '';
  #shortenFrom = SHORTEN_FROM;

  /** Adds a part and returns the text. */
  add(part: string): string {
    if (this.#text.length <= MAX_CHARS) this.#text += part;
    if (this.#text.length > this.#shortenFrom) {
      this.#text = withoutOverwritten(this.#text);
      this.#shortenFrom = Math.max(SHORTEN_FROM, 2 * this.#text.length);
    }
    return this.#text;
  }
}
