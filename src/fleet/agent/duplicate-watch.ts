import type { Bus } from '../bus/connect-bus.ts';
import { readRow } from '../contract/read-row.ts';
import { hostSubject } from '../contract/subjects.ts';

/** A duplicate sends a row at least every 5 s; without one for this long, it is gone. */
const GONE_AFTER_MS = 60_000;

/**
 * Notices another machine that uses the credential of this host: it publishes rows of another epoch on the same subject. The
 * bus delivers them to both, so that both know.
 */
export class DuplicateWatch {
  readonly #epoch: string;
  readonly #onChange: () => void;
  #gone: NodeJS.Timeout | undefined;

  /** @param onChange called when a duplicate appears and when it is gone */
  constructor(epoch: string, onChange: () => void) {
    this.#epoch = epoch;
    this.#onChange = onChange;
  }

  get isColliding(): boolean {
    return this.#gone !== undefined;
  }

  watch({ nats, credential: { site, name } }: Bus): void {
    nats.subscribe(hostSubject(site, name, 'row'), {
      callback: (error, { data }) => {
        if (error === null) this.#noteRow(site, name, data);
      },
    });
  }

  #noteRow(site: string, host: string, data: Uint8Array): void {
    const reading = readRow({ site, host }, data);
    if ('problem' in reading || reading.value.epoch === this.#epoch) return;
    // A duplicate that leaves is gone.
    if (reading.value.bye) {
      this.#forget();
      return;
    }
    const isNew = this.#gone === undefined;
    clearTimeout(this.#gone);
    this.#gone = setTimeout(() => this.#forget(), GONE_AFTER_MS);
    if (isNew) this.#onChange();
  }

  #forget(): void {
    const wasColliding = this.isColliding;
    clearTimeout(this.#gone);
    this.#gone = undefined;
    if (wasColliding) this.#onChange();
  }
}
