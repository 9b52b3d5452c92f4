/**
 * Handles one message at a time, in order. A message that is posted while another one is handled is queued. `settle` runs
 * once the mailbox is empty, so that the changes of a burst are written once.
 */
export class Mailbox<Message> {
  readonly #handle: (message: Message) => void;
  readonly #settle: () => void;
  #waiting: Message[] = [];
  #busy = false;

  constructor(handle: (message: Message) => void, settle: () => void) {
    this.#handle = handle;
    this.#settle = settle;
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

  /** `handle` must not throw: the messages queued behind it would be lost. */
  #drain(): void {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      for (const message of batch) this.#handle(message);
    }
    this.#busy = false;
    this.#settle();
  }
}
