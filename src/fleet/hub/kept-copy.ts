import { createTaskQueue } from '../../base/task-queue.ts';
import { lastOfEach, messagesBetween, stateOf, type StoredMessage, type StreamSource } from './read-stream.ts';

/** A copy that is not used for this long is dropped. */
const IDLE_MS = 600_000;

/**
 * A copy of the last message of each subject of a stream. Reading it again costs what has changed since: labels and facts
 * hardly ever change, and a person who operates hosts reads all of them twice within a second.
 */
export class KeptCopy {
  readonly #source: StreamSource;
  readonly #stream: string;
  readonly #subjects: string;
  readonly #inTurn = createTaskQueue();
  readonly #messages = new Map<string, StoredMessage>();
  #created = '';
  #lastSeq = 0;
  #idle: NodeJS.Timeout | undefined;

  /** @param subjects all subjects of the stream, with wildcards */
  constructor(source: StreamSource, stream: string, subjects: string) {
    this.#source = source;
    this.#stream = stream;
    this.#subjects = subjects;
  }

  /** Returns the last message of each subject. @throws as `lastOfEach` does */
  read(): Promise<readonly StoredMessage[]> {
    return this.#inTurn(async () => {
      await this.#update();
      this.#dropLater();
      return [...this.#messages.values()];
    });
  }

  async #update(): Promise<void> {
    const { created, lastSeq, size } = await stateOf(this.#source, this.#stream);
    const fresh = lastSeq - this.#lastSeq;
    if (created === this.#created && fresh >= 0 && fresh <= size) {
      const range = { from: this.#lastSeq + 1, to: lastSeq };
      await messagesBetween(this.#source, this.#stream, range, (message) => this.#note(message));
      this.#lastSeq = lastSeq;
      // Otherwise subjects were removed, or a new one was written again meanwhile.
      if (this.#messages.size === size) return;
    }
    this.#drop();
    await lastOfEach(this.#source, this.#stream, this.#subjects, (message) => this.#note(message));
    this.#created = created;
    this.#lastSeq = lastSeq;
  }

  #note(message: StoredMessage): void {
    this.#messages.set(message.subject, message);
  }

  #drop(): void {
    this.#messages.clear();
    this.#created = '';
    this.#lastSeq = 0;
  }

  #dropLater(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#drop(), IDLE_MS).unref();
  }
}
