import { createHash } from 'node:crypto';

/** The format of programs/log-writer.c. */
export const LINE_BYTES = 100;
const NUMBER_DIGITS = 10;
const TAILS = Array.from({ length: 26 }, (_, letter) =>
  String.fromCharCode(97 + letter).repeat(LINE_BYTES - NUMBER_DIGITS - 2),
);

/** Returns the line without its newline. */
function numberedLine(number) {
  return `${String(number).padStart(NUMBER_DIGITS, '0')} ${TAILS[number % TAILS.length]}`;
}

/** Returns the number of a line, or NaN if it is not one of ours. @param {string} line */
export function numberOf(line) {
  return line.length === LINE_BYTES - 1 ? Number(line.slice(0, NUMBER_DIGITS)) : NaN;
}

/** Computes the SHA-256 of lines, each with its newline. */
export class LineChecksum {
  #hash = createHash('sha256');
  #held = [];
  count = 0;

  /** @param {string} line */
  add(line) {
    this.count++;
    this.#held.push(line, '\n');
    if (this.#held.length >= 20_000) this.#flush();
  }

  digest() {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush() {
    this.#hash.update(this.#held.join(''), 'latin1');
    this.#held = [];
  }
}

/** Returns the checksum of the data that a writer of this many lines writes. @param {number} count */
export function checksumOfWritten(count) {
  const checksum = new LineChecksum();
  for (let number = 0; number < count; number++) checksum.add(numberedLine(number));
  return checksum.digest();
}
