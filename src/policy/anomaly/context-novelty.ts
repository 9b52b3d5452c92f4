/** A sequence of consecutive levels, which are steps around the usual value. */
interface Sequence {
  /** The number of levels, an odd number, and how many of them one usual deviation is. */
  readonly levels: number;
  readonly perDeviation: number;
  /** How many consecutive levels are a context. */
  readonly length: number;
}

/** Coarse levels allow long sequences, and fine ones only short ones: the number of contexts stays below a thousand. */
export const SEQUENCES = {
  values: { levels: 7, perDeviation: 1, length: 3 },
  pairs: { levels: 9, perDeviation: 1.5, length: 2 },
  long: { levels: 5, perDeviation: 0.7, length: 4 },
  changes: { levels: 7, perDeviation: 1, length: 3 },
} as const satisfies Record<string, Sequence>;

type SequenceName = keyof typeof SEQUENCES;
/** The contexts of a new series are all new. */
const LEARNING_SAMPLES = 400;
/** Weight of a new value in the moving average. */
const FOLLOWING = 0.2;

interface Place {
  readonly shape: Sequence;
  readonly contexts: number;
  /** The first bit of its contexts, and its number among the sequences. */
  readonly bit: number;
  readonly index: number;
}

const PLACES = {} as Record<SequenceName, Place>;
let bits = 0;
for (const [index, [name, shape]] of Object.entries(SEQUENCES).entries()) {
  const contexts = shape.levels ** shape.length;
  PLACES[name as SequenceName] = { shape, contexts, bit: bits, index };
  bits += contexts;
}
const BYTES = Math.ceil(bits / 8);
const COUNT = Object.keys(SEQUENCES).length;

/**
 * Measures how much of the recent series came in a new order, even if each value is usual. This is the simplest form of
 * CAD OSE, a detector of the Numenta Anomaly Benchmark.
 */
export class ContextNovelty {
  /** One bit for each known context of each sequence. */
  readonly #seen = new Uint8Array(BYTES);
  /** For each sequence its present context, then its novelty. */
  readonly #state = new Float64Array(2 * COUNT);
  #samples = 0;

  /** Counts a sample. Call it before its sequences are pushed. */
  countSample(): void {
    this.#samples += 1;
  }

  /**
   * Takes a value as its distance from the usual one, in usual deviations. Returns 0 if every recent context of the sequence was
   * known, and values near 1 if none was.
   */
  push(name: SequenceName, deviations: number): number {
    const { shape, contexts, bit, index } = PLACES[name];
    const farthest = (shape.levels - 1) / 2;
    const level = Math.min(farthest, Math.max(-farthest, Math.round(deviations * shape.perDeviation))) + farthest;
    const context = ((this.#state[index] ?? 0) * shape.levels + level) % contexts;
    this.#state[index] = context;
    const before = this.#state[COUNT + index] ?? 0;
    const novelty = before + FOLLOWING * ((this.#remember(bit + context) ? 1 : 0) - before);
    this.#state[COUNT + index] = novelty;
    return this.#samples < LEARNING_SAMPLES ? 0 : novelty;
  }

  clear(): void {
    this.#seen.fill(0);
    this.#state.fill(0);
    this.#samples = 0;
  }

  #remember(bit: number): boolean {
    const slot = bit >> 3;
    const mask = 1 << (bit & 7);
    const known = this.#seen[slot] ?? 0;
    this.#seen[slot] = known | mask;
    return (known & mask) === 0;
  }
}
