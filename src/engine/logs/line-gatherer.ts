import { completeLength } from './files/record-cut.ts';

type OnLines = (bytes: Buffer, tail: 'ends' | 'goes-on') => void;

/** Keeps the beginning of a line until the rest of it comes; at most a record of it. */
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
    // A copy: the chunk belongs to whoever gave it.
    this.#held = Buffer.from(bytes);
  }

  /** Nothing more comes: what is held is a whole line. */
  end(): void {
    if (this.#held.length > 0) this.#onLines(this.#held, 'ends');
    this.#held = Buffer.alloc(0);
  }
}
