import { completeLength } from './files/record-cut.ts';

type OnLines = (bytes: Buffer, tail: 'ends' | 'goes-on') => void;

/** Buffers an incomplete line until its remainder arrives, up to one record. */
export class LineGatherer {
  readonly #onLines: OnLines;
  #held: Buffer = Buffer.alloc(0);

  constructor(onLines: OnLines) {
    this.#onLines = onLines;
  }

  push(chunk: Buffer): void {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (let length = completeLength(bytes); length > 0; length = completeLength(bytes)) {
      this.#onLines(bytes.subarray(0, length), 'goes-on');
      bytes = bytes.subarray(length);
    }
    // Copied, since the caller may reuse the chunk.
    this.#held = Buffer.from(bytes);
  }

  /** Passes on the buffered bytes as a complete line, since nothing follows. */
  end(): void {
    if (this.#held.length > 0) this.#onLines(this.#held, 'ends');
    this.#held = Buffer.alloc(0);
  }
}
