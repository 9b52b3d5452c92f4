const CONTINUATION_MASK = 0xc0;
const CONTINUATION = 0x80;
const LAST_C1 = 0x9f;
const REPLACEMENT = 0xfffd;

/** Lead bytes of UTF-8 by their length: mask, value, and the lowest code point that needs this length. */
const LEADS = [
  { mask: 0xe0, value: 0xc0, more: 1, least: 0x80 },
  { mask: 0xf0, value: 0xe0, more: 2, least: 0x800 },
  { mask: 0xf8, value: 0xf0, more: 3, least: 0x10000 },
] as const;

/**
 * Decodes UTF-8 byte by byte, wherever it is cut. A byte from 0x80 to 0x9F outside a character is a control (C1) of an
 * 8-bit terminal, so it is returned; other invalid bytes
 * become U+FFFD.
 */
export class CodePoints {
  #missing = 0;
  #code = 0;
  #least = 0;

  /** Takes a byte and returns the code point that it completes, or null. */
  take(byte: number): number | null {
    if (this.#missing > 0) {
      if ((byte & CONTINUATION_MASK) === CONTINUATION) return this.#continue(byte);
      // The character was cut off, so this byte begins another one.
      this.#missing = 0;
    }
    if (byte <= LAST_C1) return byte;
    const lead = LEADS.find(({ mask, value }) => (byte & mask) === value);
    if (lead === undefined) return REPLACEMENT;
    this.#missing = lead.more;
    this.#least = lead.least;
    this.#code = byte & ~lead.mask;
    return null;
  }

  #continue(byte: number): number | null {
    this.#code = (this.#code << 6) | (byte & ~CONTINUATION_MASK & 0xff);
    this.#missing -= 1;
    if (this.#missing > 0) return null;
    return isCharacter(this.#code) && this.#code >= this.#least ? this.#code : REPLACEMENT;
  }
}

function isCharacter(code: number): boolean {
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}
