import type { IncomingMessage } from 'node:http';
import type { BodyPattern } from './body-matcher.ts';

/** The most that a body is matched against. */
export const BODY_LIMIT_BYTES = 64 * 1024;
/** How much more is read and discarded, so that the program can finish its response. */
const DRAIN_LIMIT_BYTES = 1024 * 1024;
/** How soon a body that arrives in small pieces is matched again. */
const PAUSE_MS = 20;
const GROWTH = 1.25;

/** An expression that can match the start of a body and not the whole body. */
const NEEDS_END = /\$|\(\?<?!|\\[bB]/;

/** What is known about a body: it matches, does not match, takes too long to match, or broke off. */
export type BodyVerdict =
  { readonly kind: 'matches' | 'too slow' } | { readonly kind: 'differs' | 'broken off'; readonly text: string };

/**
 * Reads a response to its end, and matches its body as it comes in: a match counts at once.
 * @param onTooLong called once the body is longer than anyone wants to read
 */
export function readResponse(
  response: IncomingMessage,
  pattern: BodyPattern | null,
  onVerdict: (verdict: BodyVerdict) => void,
  onTooLong: () => void,
): void {
  const body = new BodyReader(pattern, onVerdict);
  let drained = 0;
  response.on('data', (chunk: Buffer) => {
    body.add(chunk);
    if (drained <= DRAIN_LIMIT_BYTES && drained + chunk.length > DRAIN_LIMIT_BYTES) onTooLong();
    drained += chunk.length;
  });
  response.once('end', () => body.end(true));
  response.once('error', () => body.end(false));
  response.once('close', () => body.end(false));
}

class BodyReader {
  readonly #pattern: BodyPattern | null;
  readonly #onVerdict: (verdict: BodyVerdict) => void;
  readonly #canMatchEarly: boolean;
  #chunks: Buffer[] = [];
  #length = 0;
  #matchedLength = 0;
  #timer: NodeJS.Timeout | undefined;
  #isDecided: boolean;

  constructor(pattern: BodyPattern | null, onVerdict: (verdict: BodyVerdict) => void) {
    this.#pattern = pattern;
    this.#onVerdict = onVerdict;
    this.#isDecided = pattern === null;
    this.#canMatchEarly = pattern !== null && !NEEDS_END.test(pattern.source);
  }

  add(chunk: Buffer): void {
    if (this.#isDecided) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length >= BODY_LIMIT_BYTES) this.#judge('differs');
    else if (this.#canMatchEarly && this.#length >= this.#matchedLength * GROWTH) this.#judge(null);
    else if (this.#canMatchEarly) this.#timer ??= setTimeout(() => this.#judge(null), PAUSE_MS);
  }

  end(isComplete: boolean): void {
    this.#judge(isComplete ? 'differs' : 'broken off');
  }

  /** @param otherwise the verdict if the body does not match; null if more of it may come */
  #judge(otherwise: 'differs' | 'broken off' | null): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isDecided || this.#pattern === null) return;
    const text = Buffer.concat(this.#chunks).subarray(0, BODY_LIMIT_BYTES).toString('utf8');
    this.#matchedLength = this.#length;
    const isWhole = otherwise === 'differs';
    const match = isWhole || this.#canMatchEarly ? this.#pattern.match(text) : 'no';
    if (match === 'yes') this.#decide({ kind: 'matches' });
    else if (match === 'too slow') this.#decide({ kind: 'too slow' });
    else if (otherwise !== null) this.#decide({ kind: otherwise, text });
  }

  #decide(verdict: BodyVerdict): void {
    this.#isDecided = true;
    this.#chunks = [];
    this.#onVerdict(verdict);
  }
}
