import { WIRE_LIMITS } from './wire-limits.ts';

const NEWLINE = 0x0a;

/** A received line, or the notice that a line exceeded the limit and was skipped. */
export type Frame = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'oversized' };

/**
 * Splits a byte stream into lines of UTF-8. Buffers at most `maxBytes`; a longer line is reported once and skipped.
 */
export class LineDecoder {
  readonly #maxBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #skipping = false;

  constructor(maxBytes: number = WIRE_LIMITS.messageBytes) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      const piece = chunk.subarray(start, end === -1 ? chunk.length : end);
      this.#hold(piece, frames);
      if (end === -1) return frames;
      this.#finishLine(frames);
      start = end + 1;
    }
  }

  #hold(piece: Buffer, frames: Frame[]): void {
    if (this.#skipping || piece.length === 0) return;
    if (this.#heldBytes + piece.length >= this.#maxBytes) {
      this.#held = [];
      this.#heldBytes = 0;
      this.#skipping = true;
      frames.push({ kind: 'oversized' });
      return;
    }
    this.#held.push(piece);
    this.#heldBytes += piece.length;
  }

  #finishLine(frames: Frame[]): void {
    if (!this.#skipping && this.#heldBytes > 0) {
      frames.push({ kind: 'line', text: Buffer.concat(this.#held).toString('utf8') });
    }
    this.#held = [];
    this.#heldBytes = 0;
    this.#skipping = false;
  }
}

/** Encodes a message as one line; JSON escapes line ends within strings. */
export function encodeMessage(message: unknown): string {
  return JSON.stringify(message) + '\n';
}
