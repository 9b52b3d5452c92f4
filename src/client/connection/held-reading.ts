/** A source of messages that can be held up. */
interface Pausable {
  pause(): void;
  resume(): void;
}

/** Stops reading from a source while its messages are being taken, so that they wait at the sender and not in memory. */
export class HeldReading {
  readonly #source: Pausable;
  #pending = 0;

  constructor(source: Pausable) {
    this.#source = source;
  }

  /** Holds up the source until the promise settles. */
  holdUp(taken: Promise<unknown>): void {
    this.#pending += 1;
    this.#source.pause();
    const release = (): void => {
      this.#pending -= 1;
      if (this.#pending === 0) this.#source.resume();
    };
    void taken.then(release, release);
  }
}
