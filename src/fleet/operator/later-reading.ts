import type { Reading } from '../contract/fields.ts';

/** A message that is read when its value is asked for. One that cannot be read changes nothing. */
export class LaterReading<Value> {
  readonly #read: () => Reading<Value>;
  readonly #before: Value | null;
  #reading: Reading<Value> | null = null;

  /** @param before the message before it: if that was looked at, it counts as long as this one cannot be read */
  constructor(read: () => Reading<Value>, before: LaterReading<Value> | null) {
    this.#read = read;
    this.#before = before?.known() ?? null;
  }

  /** Null if neither this message nor one before it can be read. */
  get value(): Value | null {
    this.#reading ??= this.#read();
    return this.known();
  }

  /** Why the message cannot be read; null if it can. */
  get problem(): string | null {
    this.#reading ??= this.#read();
    return 'problem' in this.#reading ? this.#reading.problem : null;
  }

  /** The value as far as it was read. */
  known(): Value | null {
    return this.#reading !== null && 'value' in this.#reading ? this.#reading.value : this.#before;
  }
}
