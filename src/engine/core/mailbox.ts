/**
 * Handles one message at a time, in order. A message that is posted while another one is handled is queued. `finish` runs
 * after all messages that were posted together, and `settle` once the mailbox is empty, so that a burst is written once.
 */
export class Mailbox<Message> {
  readonly #handle: (message: Message) => void;
  readonly #settle: () => void;
  readonly #finish: () => void;
  #waiting: Message[] = [];
  #busy = false;

  constructor(handle: (message: Message) => void, settle: () => void, finish: () => void = () => undefined) {
    this.#handle = handle;
    this.#settle = settle;
    this.#finish = finish;
  }

  post(...messages: readonly Message[]): void {
    this.#waiting.push(...messages);
    if (!this.#busy) this.#drain();
  }

  /** Does work that belongs to one turn: messages that are posted meanwhile are handled after it, and then `settle` runs. */
  turn(work: () => void): void {
    if (this.#busy) {
      work();
      return;
    }
    this.#busy = true;
    try {
      work();
    } finally {
      this.#drain();
    }
  }

  /** `handle` and `finish` must not throw: the messages queued behind them would be lost. */
  #drain(): void {
    this.#busy = true;
    do {
      const batch = this.#waiting;
      this.#waiting = [];
      for (const message of batch) this.#handle(message);
      this.#finish();
    } while (this.#waiting.length > 0);
    this.#busy = false;
    this.#settle();
  }
}
