import { createHash } from 'node:crypto';

/** As programs/log-writer.c writes them. */
export const LINE_BYTES = 100;
const NUMBER_DIGITS = 10;
const TAILS = Array.from({ length: 26 }, (_, letter) =>
  String.fromCharCode(97 + letter).repeat(LINE_BYTES - NUMBER_DIGITS - 2),
);

/** Without its newline. */
function numberedLine(number) {
  return `${String(number).padStart(NUMBER_DIGITS, '0')} ${TAILS[number % TAILS.length]}`;
}

/** The number of a line, NaN where it is none of ours. @param {string} line */
export function numberOf(line) {
  return line.length === LINE_BYTES - 1 ? Number(line.slice(0, NUMBER_DIGITS)) : NaN;
}

/** SHA-256 of lines, each with its newline. */
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

/** What a writer of this many lines has written. @param {number} count */
export function checksumOfWritten(count) {
  const checksum = new LineChecksum();
  for (let number = 0; number < count; number++) checksum.add(numberedLine(number));
  return checksum.digest();
}
