import type { OwnFacts } from './host-facts.ts';

/** How often the facts are looked at: some of them change without an event of the engine. */
const LOOK_MS = 10_000;
/** Facts that did not change are published again at least after this number of looks. */
const REPEAT_LOOKS = 60;

/** Where facts come from and where they go. */
export interface FactsOptions {
  /** Resolves to the facts; null as long as they are unknown. */
  readonly read: () => Promise<OwnFacts | null>;
  /** Publishes facts. Returns false while the hub is away. */
  readonly publish: (facts: OwnFacts) => boolean;
  /** Called when facts were repeated because the hub may not have them; it should learn since when the hub keeps them. */
  readonly onUnsure?: () => void;
  /** The time between two looks in ms; tests shorten it. */
  readonly lookMs?: number;
}

/** How much later than the streams of the hub facts must have been published, because that time is not exact. */
const KEPT_MARGIN_MS = 1000;

/**
 * Publishes the facts of a host when they change and whenever the host has connected. The hub does not acknowledge them, and
 * loses them while it has no streams. Until it has said since when it has had them, facts are repeated after 1, 2, 4, 8, … looks.
 */
export class FactsPublisher {
  readonly #options: FactsOptions;
  readonly #lookMs: number;
  #published = '';
  /** When facts were last published, and since when the hub has kept them, on the monotonic clock. */
  #publishedAt = -Infinity;
  #keptSince = Infinity;
  /** Looks since the facts changed or the host connected. */
  #looks = 0;
  #isLooking = false;
  #looksAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: FactsOptions) {
    this.#options = options;
    this.#lookMs = options.lookMs ?? LOOK_MS;
  }

  /** Publishes the facts, because the hub may not have them. */
  connected(): void {
    this.#keptSince = Infinity;
    this.#publishAgain();
  }

  /** Notes since when the hub has kept facts, on the monotonic clock. Those that were published before are published again. */
  keptSince(time: number): void {
    const wasUnknown = this.#publishedAt < this.#keptSince;
    this.#keptSince = time + KEPT_MARGIN_MS;
    const isLost = this.#publishedAt > -Infinity && this.#publishedAt < this.#keptSince;
    if (wasUnknown && isLost) this.#publishAgain();
  }

  get #isKept(): boolean {
    return this.#publishedAt >= this.#keptSince;
  }

  #publishAgain(): void {
    this.#published = '';
    this.look();
  }

  /** Publishes the facts if they changed. Looks that are requested during another one become one more look. */
  look(): void {
    this.#looksAgain = true;
    if (!this.#isLooking && !this.#isClosed) void this.#look();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isLooking = true;
    while (this.#looksAgain) {
      this.#looksAgain = false;
      const facts = await this.#options.read();
      if (this.#isClosed) return;
      if (facts !== null) this.#note(facts);
    }
    this.#isLooking = false;
    this.#timer = setTimeout(() => this.look(), this.#lookMs);
  }

  #note(facts: OwnFacts): void {
    const text = JSON.stringify(facts);
    if (text !== this.#published) this.#looks = 0;
    if (isDue(this.#looks, this.#isKept)) {
      if (!this.#options.publish(facts)) return;
      this.#published = text;
      this.#publishedAt = performance.now();
      if (this.#looks > 0 && !this.#isKept) this.#options.onUnsure?.();
    }
    this.#looks += 1;
  }
}

/** Whether facts are published at a look: at the first, then regularly, and before that at 1, 2, 4, 8, … if the hub may not have them. */
function isDue(looks: number, isKept: boolean): boolean {
  return looks % REPEAT_LOOKS === 0 || (!isKept && (looks & (looks - 1)) === 0);
}
