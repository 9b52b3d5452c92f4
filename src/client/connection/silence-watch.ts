/** The engine whose silence is watched. */
interface Watched {
  /** Whether a response is due. */
  readonly isWaiting: () => boolean;
  /** Whether the engine is known to be suspended, so that asking it is in vain. */
  readonly isSuspended?: () => boolean;
  /** Asks the engine for a sign of life. */
  readonly ask: () => void;
  /** Called when there was no sign of life within the limit. */
  readonly onSilence: () => void;
}

/**
 * Notices an engine that no longer answers, because it was stopped (SIGSTOP) or its event loop is blocked. A slow operation
 * is no silence: the engine is asked for a sign of life after the limit, and has the same time again to give it. So silence
 * is reported after two to three times the limit; that of a suspended engine after one to two times.
 */
export class SilenceWatch {
  readonly #limitMs: number;
  readonly #watched: Watched;
  #timer: NodeJS.Timeout | undefined;
  #hasHeard = false;
  #hasAsked = false;

  /** @param limitMs the time in ms that the engine has to show a sign of life */
  constructor(limitMs: number, watched: Watched) {
    this.#limitMs = limitMs;
    this.#watched = watched;
  }

  /** Starts watching, for as long as responses are due. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#hasHeard = false;
    this.#hasAsked = false;
    this.#timer = setInterval(() => this.#look(), this.#limitMs);
    this.#timer.unref();
  }

  /** Notes a sign of life: any message. */
  heard(): void {
    this.#hasHeard = true;
  }

  /** Stops watching. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (!this.#watched.isWaiting()) {
      this.stop();
    } else if (this.#hasHeard) {
      this.#hasHeard = false;
      this.#hasAsked = false;
    } else if (this.#hasAsked || this.#watched.isSuspended?.() === true) {
      this.stop();
      this.#watched.onSilence();
    } else {
      this.#hasAsked = true;
      this.#watched.ask();
    }
  }
}
