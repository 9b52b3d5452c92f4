/**
 * Takes one message at a time, in order, whoever posts and whenever: a message posted while another is handled waits
 * for its turn. `settle` runs when the box is empty again, so that what a burst changed is written once.
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

  /** `handle` must not throw: what waits behind it would be lost. */
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
