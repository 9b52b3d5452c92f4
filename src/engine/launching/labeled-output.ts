import type { OutputStream } from '../logs/files/log-transport.ts';

/** The most output of one execution of a command that is logged. */
const MAX_BYTES = 64 * 1024;
/** A longer line is divided. */
const MAX_LINE_BYTES = 4 * 1024;
const NEWLINE = 0x0a;

/** Writes lines into the log of a program. */
export type WriteLines = (stream: OutputStream, text: string) => void;

/**
 * Writes the output of a command into the log of its program, with a label before each line. The output is limited; the rest
 * is counted and discarded.
 */
export class LabeledOutput {
  readonly #label: string;
  readonly #write: WriteLines;
  readonly #unfinished = new Map<OutputStream, Buffer>();
  #left = MAX_BYTES;
  #discarded = 0;

  constructor(label: string, write: WriteLines) {
    this.#label = label;
    this.#write = write;
  }

  push(stream: OutputStream, chunk: Buffer): void {
    const taken = chunk.subarray(0, this.#left);
    this.#left -= taken.length;
    this.#discarded += chunk.length - taken.length;
    const bytes = Buffer.concat([this.#unfinished.get(stream) ?? Buffer.alloc(0), taken]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const rest = bytes.subarray(end);
    const isLong = rest.length > MAX_LINE_BYTES;
    this.#unfinished.set(stream, isLong ? Buffer.alloc(0) : rest);
    this.#lines(stream, isLong ? bytes : bytes.subarray(0, end));
  }

  /** Writes unfinished lines, and how much was discarded. */
  end(): void {
    for (const [stream, bytes] of this.#unfinished) this.#lines(stream, bytes);
    this.#unfinished.clear();
    if (this.#discarded === 0) return;
    this.#lines('stderr', Buffer.from(`[healer] ${String(this.#discarded)} more bytes of output were discarded`));
  }

  #lines(stream: OutputStream, bytes: Buffer): void {
    if (bytes.length === 0) return;
    const lines = bytes.toString('utf8').replace(/\n$/, '').split('\n');
    const cut = lines.flatMap((line) => piecesOf(line));
    this.#write(stream, cut.map((line) => `[${this.#label}] ${line}`).join('\n'));
  }
}

function piecesOf(line: string): readonly string[] {
  if (line.length <= MAX_LINE_BYTES) return [line];
  const count = Math.ceil(line.length / MAX_LINE_BYTES);
  return Array.from({ length: count }, (_, index) => line.slice(index * MAX_LINE_BYTES, (index + 1) * MAX_LINE_BYTES));
}
