import { NatsConnectionImpl } from '@nats-io/nats-core/internal';
import type { NatsConnection } from '@nats-io/transport-node';

/** How often a connection is read while it is read in batches, in ms. A host sends at most one row a second. */
const EVERY_MS = 1000;

/** The part of a socket of Node that starts and stops its reads. `pause` alone reads on until a buffer is full. */
interface SocketHandle {
  readonly readStart?: () => void;
  readonly readStop?: () => void;
}

/**
 * Reads a connection once a second instead of for each message: the rows of a thousand hosts arrive one by one, and
 * waking up for each of them costs more than reading them. While a request waits for an answer, it is read at once.
 */
export class BatchedReading {
  readonly #nats: NatsConnection;
  readonly #timer: NodeJS.Timeout;
  #flows = 0;

  constructor(nats: NatsConnection, everyMs = EVERY_MS) {
    this.#nats = nats;
    this.#timer = setInterval(() => this.readBatch(), everyMs);
  }

  /** Reads everything at once, until the returned function is called. */
  flow(): () => void {
    this.#flows += 1;
    this.#read();
    let isOver = false;
    return () => {
      if (!isOver) this.#flows -= 1;
      isOver = true;
    };
  }

  /** Reads everything at once while work is under way. */
  async during<T>(work: Promise<T>): Promise<T> {
    const end = this.flow();
    try {
      return await work;
    } finally {
      end();
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flows = Infinity;
    this.#read();
  }

  /** Reads what has arrived. It is read after the timers, and before `setImmediate` calls back. */
  readBatch(): void {
    this.#read();
    setImmediate(() => {
      if (this.#flows === 0) this.#handle()?.readStop?.();
    });
  }

  #read(): void {
    this.#handle()?.readStart?.();
  }

  /** Undefined while there is no connection. The client has a new socket after each reconnection. */
  #handle(): SocketHandle | undefined {
    if (!(this.#nats instanceof NatsConnectionImpl)) return undefined;
    const { protocol } = this.#nats;
    const { socket } = protocol.transport as { readonly socket?: { readonly _handle?: SocketHandle | null } };
    return protocol.connected ? (socket?._handle ?? undefined) : undefined;
  }
}
