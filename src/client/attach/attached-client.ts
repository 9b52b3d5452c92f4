import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { ClientApi } from '../connection/engine-api.ts';
import { HealerError } from '../../protocol/errors.ts';
import { onAbort } from '../../base/on-abort.ts';
import type { EngineTarget } from '../connection/engine-target.ts';
import { MessageQueue } from './message-queue.ts';
import { createClientOf, type ReconnectingClient } from './reconnecting-client.ts';
import type { IterateOptions, EventOptions, LogOptions } from './client-options.ts';
import { EngineMethods } from './engine-methods.ts';

/**
 * The typed API of a running engine, local or remote. The client reconnects when the engine restarts, and iterators
 * continue without missing anything. Methods reject with a `HealerError`, whose `code` callers can branch on. While there
 * is no connection, they reject with ENGINE_NOT_RUNNING.
 */
export class AttachedClient extends EngineMethods implements AsyncDisposable {
  readonly api: ClientApi;
  readonly #client: ReconnectingClient;
  /** Functions that end the iterators in use. */
  readonly #iterators = new Set<() => void>();

  protected constructor(client: ReconnectingClient) {
    super();
    this.#client = client;
    this.api = client.api;
  }

  /** Connects to the target. @throws HealerError when the first attempt fails */
  protected static async attach(target: EngineTarget, signal?: AbortSignal): Promise<ReconnectingClient> {
    signal?.throwIfAborted();
    const client = createClientOf(target);
    const stopListening = onAbort(signal, () => client.close());
    try {
      await client.waitForConnection();
      return client;
    } catch (error) {
      client.close();
      signal?.throwIfAborted();
      throw error;
    } finally {
      stopListening();
    }
  }

  /** Iterates over events, each once and in order, across restarts of the engine, until `break` or `close`. */
  events({ afterSeq, process, ...options }: EventOptions = {}): AsyncIterableIterator<EngineEvent, undefined> {
    let after = afterSeq;
    const filter = process === undefined ? {} : { process };
    return this.#iterate<EngineEvent>(options, (queue) =>
      this.#client.subscribe(
        'events',
        after === undefined ? filter : { ...filter, afterSeq: after },
        ({ events, missed }) => {
          if (missed > 0) queue.pushStep(gapStep('events', missed, options));
          after = events.at(-1)?.seq ?? after;
          queue.push(...events);
        },
        { onRefused: (error) => queue.fail(error) },
      ),
    );
  }

  /**
   * Iterates over the log lines of a program, each once and in order, across restarts of the program and the engine, until
   * `break` or `close`, or until the program is removed.
   */
  logs(id: string, { tail = 0, ...options }: LogOptions = {}): AsyncIterableIterator<LogLine, undefined> {
    let after: string | undefined;
    return this.#iterate<LogLine>(options, (queue) =>
      this.#client.subscribe(
        'log',
        after === undefined ? { id, tail } : { id, tail, after },
        ({ lines, cursor, skipped, ended = false }) => {
          if (skipped > 0) queue.pushStep(gapStep('lines', skipped, options));
          after = cursor;
          queue.push(...lines);
          if (ended) queue.finish();
        },
        {
          // A program that was removed while the connection was interrupted has no further lines either.
          onRefused: (error) =>
            after === undefined || error.code !== 'PROCESS_NOT_FOUND' ? queue.fail(error) : queue.finish(),
        },
      ),
    );
  }

  #iterate<T>({ signal }: IterateOptions, start: (queue: MessageQueue<T>) => { close(): void }): MessageQueue<T> {
    const end = (): void => void queue.return();
    let stopListening: () => void = () => undefined;
    const queue = new MessageQueue<T>({
      start: (): { close(): void } => start(queue),
      onEnd: (): void => {
        stopListening();
        this.#iterators.delete(end);
      },
    });
    this.#iterators.add(end);
    stopListening = onAbort(signal, () => queue.abort(signal?.reason));
    return queue.open();
  }

  /** Disconnects and ends all iterators. The engine keeps running. */
  close(): void {
    for (const end of [...this.#iterators]) end();
    this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** Returns the step of an iteration at which items are missing. */
function gapStep(what: 'events' | 'lines', missed: number, { onMissed }: IterateOptions): () => void {
  return () => {
    if (onMissed === undefined) {
      const message = `${String(missed)} ${what} are no longer available; pass "onMissed" to continue after gaps`;
      throw new HealerError('MISSED', message, { missed });
    }
    onMissed(missed);
  };
}
