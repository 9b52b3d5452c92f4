import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';
import type { ClientApi } from '../connection/engine-api.ts';
import { onAbort } from '../../base/on-abort.ts';
import { reconnectDelayMs } from './backoff.ts';
import type { Connection, ConnectOptions, Subscription } from '../connection/connection.ts';
import { engineApiOver } from '../connection/engine-api.ts';
import { type EngineTarget, localTarget } from '../connection/engine-target.ts';
import { inTurn } from './in-turn.ts';
import { RESUMABLE_STREAMS } from './resumable-stream.ts';
import type { OnMessage, StreamMessage, StreamName, StreamParams } from '../connection/streams.ts';

/** The state of the connection. While disconnected, the next attempt starts in `nextTryInMs`. */
export type ClientState =
  | { readonly status: 'connecting' }
  | { readonly status: 'connected'; readonly hello: HelloResult }
  | { readonly status: 'disconnected'; readonly error: HealerError; readonly nextTryInMs: number };

/** A source of timers, which tests can replace. */
export interface Clock {
  /** Calls back once after the delay; the returned function cancels the timer. */
  after(delayMs: number, callback: () => void): () => void;
}

const SYSTEM_CLOCK: Clock = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Callbacks of a stream besides those for its messages. */
export interface StreamHooks {
  /** The stream continues over a new connection. */
  readonly onResumed?: () => void;
  /** The engine refused the stream, for example because the program was removed. The stream is not retried. */
  readonly onRefused?: (error: HealerError) => void;
}

/** A client that reconnects: while there is no connection, calls fail and streams wait. */
export interface ReconnectingClient {
  readonly state: ClientState;
  /** Calls back at each change of state until the returned function is called. */
  onState(listener: (state: ClientState) => void): () => void;
  /** Calls reject immediately with ENGINE_NOT_RUNNING while there is no connection. */
  readonly api: ClientApi;
  /** Subscribes to a stream, which lasts across connections until it is closed. @throws HealerError after `close` */
  subscribe<N extends StreamName>(
    name: N,
    params: StreamParams<N>,
    onMessage: OnMessage<N>,
    hooks?: StreamHooks,
  ): { close(): void };
  /** Resolves once connected. @throws HealerError when the current attempt fails, or the client is closed */
  waitForConnection(): Promise<HelloResult>;
  /** Closes the client for good, including its timers and sockets. */
  close(): void;
}

/** Creates a client of a local engine that reconnects when the engine restarts, and resumes its streams. */
export function createReconnectingClient(options: ConnectOptions & { readonly clock?: Clock }): ReconnectingClient {
  return createClientOf(localTarget(options), options.clock);
}

/** Creates a reconnecting client of any engine, local or remote. */
export function createClientOf(target: EngineTarget, clock: Clock = SYSTEM_CLOCK): ReconnectingClient {
  const link = new Link(target, clock);
  link.start();
  return link;
}

interface ResumedStream {
  readonly attach: (connection: Connection) => Promise<Subscription>;
  readonly hooks: StreamHooks;
  wasAttached: boolean;
  current: Subscription | null;
}

class Link implements ReconnectingClient {
  readonly api: ClientApi;
  readonly #target: EngineTarget;
  readonly #clock: Clock;
  readonly #listeners = new Set<(state: ClientState) => void>();
  readonly #streams = new Set<ResumedStream>();
  #state: ClientState = { status: 'connecting' };
  #connection: Connection | null = null;
  #failures = 0;
  #cancelRetry: () => void = () => undefined;
  readonly #closing = new AbortController();

  constructor(target: EngineTarget, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
    this.api = engineApiOver(async (method, params, options) => {
      options.signal?.throwIfAborted();
      if (this.#closing.signal.aborted) throw clientClosed();
      if (this.#connection === null) throw target.notConnected();
      return this.#connection.api[method](params as never, options);
    });
  }

  get state(): ClientState {
    return this.#state;
  }

  start(): void {
    void this.#connect();
  }

  onState(listener: (state: ClientState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  subscribe<N extends StreamName>(
    name: N,
    params: StreamParams<N>,
    onMessage: OnMessage<N>,
    hooks: StreamHooks = {},
  ): { close(): void } {
    if (this.#closing.signal.aborted) throw clientClosed();
    // A closing connection may still deliver a message, which a closed stream must not receive.
    const take = inTurn((message: StreamMessage<N>) => (this.#streams.has(stream) ? onMessage(message) : undefined));
    const stream: ResumedStream = {
      attach: RESUMABLE_STREAMS[name](params, take),
      hooks,
      wasAttached: false,
      current: null,
    };
    this.#streams.add(stream);
    if (this.#connection !== null) void this.#attach(stream, this.#connection);
    return {
      close: () => {
        if (this.#streams.delete(stream)) detach(stream);
      },
    };
  }

  waitForConnection(): Promise<HelloResult> {
    return new Promise((resolve, reject) => {
      onAbort(this.#closing.signal, () => reject(clientClosed()));
      const settle = (state: ClientState): void => {
        if (state.status === 'connecting') return;
        stopListening();
        if (state.status === 'connected') resolve(state.hello);
        else reject(state.error);
      };
      const stopListening = this.onState(settle);
      settle(this.#state);
    });
  }

  close(): void {
    this.#closing.abort();
    this.#cancelRetry();
    this.#listeners.clear();
    this.#streams.clear();
    this.#connection?.close();
    this.#connection = null;
  }

  async #connect(): Promise<void> {
    this.#enter({ status: 'connecting' });
    let connection: Connection;
    try {
      connection = await this.#target.connect(this.#closing.signal);
    } catch (error) {
      this.#retryAfter(error);
      return;
    }
    if (this.#closing.signal.aborted) {
      connection.close();
      return;
    }
    await this.#serve(connection);
  }

  /** Resolves when the connection has closed. */
  async #serve(connection: Connection): Promise<void> {
    this.#connection = connection;
    this.#failures = 0;
    for (const stream of this.#streams) void this.#attach(stream, connection);
    this.#enter({ status: 'connected', hello: connection.hello });
    const reason = await connection.closed;
    this.#connection = null;
    this.#retryAfter(reason ?? this.#target.lost());
  }

  #retryAfter(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#failures += 1;
    const nextTryInMs = reconnectDelayMs(this.#failures);
    this.#cancelRetry = this.#clock.after(nextTryInMs, () => {
      void this.#connect();
    });
    this.#enter({ status: 'disconnected', error: toHealerError(error), nextTryInMs });
  }

  #enter(state: ClientState): void {
    if (this.#closing.signal.aborted) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  async #attach(stream: ResumedStream, connection: Connection): Promise<void> {
    if (stream.wasAttached) stream.hooks.onResumed?.();
    try {
      stream.current = await stream.attach(connection);
    } catch (error) {
      // A lost connection is not a refusal: the stream is attached to the next connection.
      if (connection.isOpen && this.#streams.delete(stream)) stream.hooks.onRefused?.(toHealerError(error));
      return;
    }
    stream.wasAttached = true;
    if (!this.#streams.has(stream)) detach(stream);
  }
}

/** Closes a stream on its current connection. Errors are ignored, because a lost connection closes it too. */
function detach(stream: ResumedStream): void {
  stream.current?.close().catch(() => undefined);
}

function clientClosed(): HealerError {
  return new HealerError('ENGINE_NOT_RUNNING', 'this client was closed; connect again');
}
