import { randomBytes } from 'node:crypto';
import type { Connection } from '../../client/connection/connection.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { Notifications } from '../../protocol/notifications.ts';
import type { EngineStatus, SnapshotRow } from '../../protocol/snapshot.ts';
import type { LiveChange } from '../contract/answers.ts';

const INTERVAL_MS = 1_000;

/** The live table of an engine, with a number for each change since its epoch began. */
export class FollowedTable {
  readonly rows = new Map<string, SnapshotRow>();
  readonly #publish: (change: LiveChange) => void;
  readonly #onEnd: (reason: Error) => void;
  #epoch = newEpoch();
  #rev = 0;
  #status: EngineStatus | null = null;
  #isWhole = false;
  #ending: Error | null = null;
  #connection: Connection | null = null;
  #settle: (() => void)[] = [];

  /** @param onEnd called once the engine is gone; the table does not change any more */
  constructor(
    connect: () => Promise<Connection>,
    publish: (change: LiveChange) => void,
    onEnd: (reason: Error) => void,
  ) {
    this.#publish = publish;
    this.#onEnd = onEnd;
    this.#follow(connect).catch((error: unknown) => this.#end(error as Error));
  }

  get epoch(): string {
    return this.#epoch;
  }

  get rev(): number {
    return this.#rev;
  }

  /** Resolves to the status of the engine once the whole table is known. @throws HealerError if the engine is gone */
  async whole(): Promise<EngineStatus> {
    while (!this.#isWhole && this.#ending === null) await new Promise<void>((resolve) => this.#settle.push(resolve));
    if (this.#ending !== null) throw this.#ending;
    if (this.#status === null) throw new HealerError('INTERNAL', 'the engine sent no status');
    return this.#status;
  }

  close(): void {
    this.#end(new HealerError('ENGINE_NOT_RUNNING', 'the live table is not followed any more'));
  }

  async #follow(connect: () => Promise<Connection>): Promise<void> {
    const connection = await connect();
    if (this.#ending !== null) connection.close();
    this.#connection = connection;
    void connection.closed.then((reason) => this.#end(reason ?? lost()));
    await connection.subscribe('snapshot', { intervalMs: INTERVAL_MS }, (message) => this.#take(message));
  }

  #take(message: Notifications['snapshot']): void {
    if (message.full) this.#beginEpoch();
    for (const id of message.removed) this.rows.delete(id);
    for (const row of message.rows) this.rows.set(row.id, row);
    this.#status = message.status;
    if (this.#isWhole) {
      const { more, at, status, rows, removed } = message;
      this.#rev += 1;
      this.#publish({ epoch: this.#epoch, rev: this.#rev, change: { full: false, more, at, status, rows, removed } });
    } else if (!message.more) {
      this.#isWhole = true;
      this.#wake();
    }
  }

  /** The engine sends the whole table again if too much has changed: viewers notice the new epoch and ask again. */
  #beginEpoch(): void {
    this.#epoch = newEpoch();
    this.#rev = 0;
    this.#isWhole = false;
    this.rows.clear();
  }

  #end(reason: Error): void {
    if (this.#ending !== null) return;
    this.#ending = reason;
    this.#connection?.close();
    this.#wake();
    this.#onEnd(reason);
  }

  #wake(): void {
    for (const settle of this.#settle.splice(0)) settle();
  }
}

function newEpoch(): string {
  return randomBytes(6).toString('hex');
}

function lost(): HealerError {
  return new HealerError('ENGINE_NOT_RUNNING', 'the connection to the engine was closed');
}
