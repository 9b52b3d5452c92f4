import { completeLength } from './files/record-cut.ts';

type OnLines = (bytes: Buffer, tail: 'ends' | 'goes-on') => void;

/** How long the rest of a line is waited for; then it is passed on as it is, so that prompts are visible. */
const UNFINISHED_MS = 500;
const NEWLINE = Buffer.from('\n');

/** Buffers an incomplete line until its remainder arrives, up to one record, for a moment. */
export class LineGatherer {
  readonly #onLines: OnLines;
  #held: Buffer = Buffer.alloc(0);
  #flushing: NodeJS.Timeout | undefined;
  /** Whether the last line that was passed on is continued. */
  #isLineOpen = false;

  constructor(onLines: OnLines) {
    this.#onLines = onLines;
  }

  push(chunk: Buffer): void {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (let length = completeLength(bytes); length > 0; length = completeLength(bytes)) {
      this.#pass(bytes.subarray(0, length), 'goes-on');
      bytes = bytes.subarray(length);
    }
    // Copied, since the caller may reuse the chunk.
    this.#held = Buffer.from(bytes);
    if (bytes.length > 0) this.#flushing ??= setTimeout(() => this.#flush(), UNFINISHED_MS).unref();
  }

  /** Passes on the buffered bytes as a complete line, since nothing follows. */
  end(): void {
    clearTimeout(this.#flushing);
    if (this.#held.length > 0 || this.#isLineOpen) this.#pass(this.#held.length > 0 ? this.#held : NEWLINE, 'ends');
    this.#held = Buffer.alloc(0);
  }

  #flush(): void {
    this.#flushing = undefined;
    if (this.#held.length > 0) this.#pass(this.#held, 'goes-on');
    this.#held = Buffer.alloc(0);
  }

  #pass(bytes: Buffer, tail: 'ends' | 'goes-on'): void {
    this.#isLineOpen = tail === 'goes-on' && bytes.at(-1) !== NEWLINE[0];
    this.#onLines(bytes, tail);
  }
}
