import { realpathSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { startTimer, uptimeMs } from '../../base/long-timer.ts';
import { onAbort } from '../../base/on-abort.ts';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import { HealerError } from '../../protocol/errors.ts';
import { encodeMessage, type Frame, LineDecoder } from '../../protocol/framing.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import type { HelloResult, MethodName } from '../../protocol/methods/methods.ts';
import type { CallOptions, ClientApi } from './engine-api.ts';
import { PROTOCOL_VERSION } from '../../protocol/protocol-version.ts';
import type { Subscribed } from '../../protocol/notifications.ts';
import { failureOf, isRecord } from '../../protocol/rpc.ts';
import type { LoweredRights } from './lowered-rights.ts';
import { type LocalEngine, refuseForeignSocket } from './local-engine.ts';
import {
  closedByUs,
  connectionLost,
  isConnectionLost,
  isRefusedForNow,
  noAnswer,
  noSignOfLife,
  otherEngine,
  protocolMismatch,
  socketErrorOf,
  stillStarting,
  suspended,
  tooLarge,
  unreadable,
} from './connection-errors.ts';
import { engineApiOver } from './engine-api.ts';
import { failureToError, PendingCalls } from './pending-calls.ts';
import { HeldReading } from './held-reading.ts';
import { SilenceWatch } from './silence-watch.ts';
import { explainVersionGap } from './version-gap.ts';
import { suspendedEngineAt, watchForSuspension } from './suspended-engine.ts';
import { isStreamName, type OnMessage, type StreamName, type StreamParams, SUBSCRIBE_METHODS } from './streams.ts';

const HELLO_TIMEOUT_MS = 5000;
/** An engine without a free file descriptor refuses new connections, but frees some of its reserve within a second. */
const REFUSED_MS = 2_000;
const RETRY_MS = 250;

/** How to connect to a local engine. */
export interface ConnectOptions extends LocalEngine {
  /** The name of the client in the engine's log. */
  readonly clientName: string;
  /**
   * The time limit for connecting, including the first response, and for signs of life while a response is due; 5000 ms by
   * default. Operations take the time that they need.
   */
  readonly timeoutMs?: number;
  /** Aborts connecting; has no effect once connected. */
  readonly signal?: AbortSignal;
  readonly rights?: LoweredRights;
}

/** A stream of messages on one connection. */
export interface Subscription {
  /** Closes the stream. No message is delivered after the call. */
  close(): Promise<void>;
}

/** A connection to an engine. When it closes, all pending calls fail; it never reopens. */
export interface Connection {
  readonly hello: HelloResult;
  readonly api: ClientApi;
  /** Starts a stream. @throws HealerError when the engine refuses it */
  subscribe<N extends StreamName>(name: N, params: StreamParams<N>, onMessage: OnMessage<N>): Promise<Subscription>;
  readonly isOpen: boolean;
  /** Resolves when the connection has closed: to null after `close`, otherwise to the reason. */
  readonly closed: Promise<Error | null>;
  close(): void;
}

/**
 * Connects to a local engine, also if it was started in a session with another runtime folder.
 * @throws HealerError ENGINE_NOT_RUNNING, FORBIDDEN, TIMEOUT, or INVALID_STATE for another version of the protocol or an
 *   engine with another state folder
 */
export async function connectLocal(options: ConnectOptions): Promise<Connection> {
  const until = uptimeMs() + REFUSED_MS;
  for (;;) {
    try {
      return await connectOnce(options);
    } catch (error) {
      const mayRetry = isRefusedForNow(error) && uptimeMs() < until && options.signal?.aborted !== true;
      if (!mayRetry) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function connectOnce(options: ConnectOptions): Promise<Connection> {
  try {
    return await connectTo(options.socketPath, options);
  } catch (error) {
    const isMissing = error instanceof HealerError && error.code === 'ENGINE_NOT_RUNNING' && !isConnectionLost(error);
    const other = isMissing ? (options.elsewhere?.() ?? null) : null;
    const progress = isMissing && other === null ? (options.starting?.() ?? null) : null;
    if (progress !== null) throw stillStarting(options.socketPath, progress);
    if (other === null) throw error;
    return connectTo(other, options);
  }
}

async function connectTo(socketPath: string, options: ConnectOptions): Promise<Connection> {
  const { clientName, stateDir, timeoutMs = HELLO_TIMEOUT_MS, signal } = options;
  refuseForeignSocket(socketPath);
  const channel = new RpcChannel(createConnection(socketPath), socketPath, timeoutMs);
  const cancelDeadline = startTimer(() => channel.end(noAnswer(socketPath, timeoutMs)), timeoutMs);
  const stopWatching = watchForSuspension(socketPath, (pid) => channel.end(suspended(socketPath, pid)));
  const giveUp = (): void => channel.end(null);
  signal?.addEventListener('abort', giveUp);
  try {
    const offer = { protocol: PROTOCOL_VERSION, client: clientName, ...options.rights };
    const hello = (await channel.call('hello', offer)) as HelloResult;
    if (hello.protocol !== PROTOCOL_VERSION) throw protocolMismatch(hello, PROTOCOL_VERSION);
    refuseOtherEngine(hello, socketPath, stateDir);
    return channel.connectionAfter(hello);
  } catch (error) {
    channel.end(null);
    throw error;
  } finally {
    cancelDeadline();
    stopWatching();
    signal?.removeEventListener('abort', giveUp);
  }
}

/** @throws HealerError INVALID_STATE if the engine has another state folder than the client expects */
function refuseOtherEngine(hello: HelloResult, socketPath: string, expected: string | undefined): void {
  // An engine of the previous version does not state its folder.
  if (expected === undefined || hello.stateDir === undefined || isSamePath(hello.stateDir, expected)) return;
  throw otherEngine({ ...hello, stateDir: hello.stateDir }, socketPath, expected);
}

function isSamePath(a: string, b: string): boolean {
  return a === b || realPathOf(a) === realPathOf(b);
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

type OnAnyMessage = (message: unknown) => unknown;

const ignore = (): void => undefined;

/** The requests, responses and streams of one socket. */
class RpcChannel {
  readonly closed: Promise<Error | null>;
  readonly #socket: Socket;
  readonly #socketPath: string;
  readonly #decoder = new LineDecoder();
  readonly #pending = new PendingCalls();
  readonly #streams = new Map<number, OnAnyMessage>();
  readonly #silence: SilenceWatch;
  readonly #readings: HeldReading;
  #ended: { readonly reason: Error | null } | null = null;
  #resolveClosed: (reason: Error | null) => void = () => undefined;

  constructor(socket: Socket, socketPath: string, silenceMs: number) {
    this.#socket = socket;
    this.#socketPath = socketPath;
    this.#readings = new HeldReading(socket);
    this.#silence = new SilenceWatch(silenceMs, {
      isWaiting: () => this.#pending.size > 0,
      isSuspended: () => suspendedEngineAt(socketPath) !== null,
      ask: () => this.#send('hello', { protocol: PROTOCOL_VERSION, client: 'sign of life' }, ignore, ignore),
      // The connection stays open: its streams continue once the engine does.
      onSilence: () => this.#pending.failAll(noSignOfLife(socketPath, silenceMs)),
    });
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    socket.on('data', (chunk) => {
      this.#silence.heard();
      for (const frame of this.#decoder.push(chunk)) this.#receive(frame);
    });
    socket.on('error', (error) => {
      this.end(socketErrorOf(error, socketPath));
    });
    socket.on('close', () => {
      this.end(connectionLost(socketPath));
    });
  }

  /** Closes the channel for good; only the first call has an effect. @param reason null when the client closed it */
  end(reason: Error | null): void {
    if (this.#ended !== null) return;
    this.#ended = { reason };
    this.#socket.destroy();
    this.#streams.clear();
    this.#silence.stop();
    this.#pending.failAll(reason ?? closedByUs());
    this.#resolveClosed(reason);
  }

  async call(method: MethodName, params: unknown, { signal }: CallOptions = {}): Promise<unknown> {
    signal?.throwIfAborted();
    let stopListening: () => void = ignore;
    try {
      return await new Promise((resolve, reject) => {
        const id = this.#send(method, params, resolve, reject);
        stopListening = onAbort(signal, () => {
          if (id !== null) this.#pending.drop(id);
          reject(signal?.reason as Error);
        });
      });
    } finally {
      stopListening();
    }
  }

  /** Registers the stream before the next message is read, because its first message may follow the response immediately. */
  #subscribe(method: MethodName, params: unknown, onMessage: OnAnyMessage): Promise<Subscription> {
    return new Promise((resolve, reject) => {
      const onResult = (result: unknown): void => {
        const { subscription } = result as Subscribed;
        this.#streams.set(subscription, onMessage);
        resolve({ close: () => this.#unsubscribe(subscription) });
      };
      this.#send(method, params, onResult, reject);
    });
  }

  async #unsubscribe(subscription: number): Promise<void> {
    const known = this.#streams.delete(subscription);
    if (known) await this.call('unsubscribe', { subscription });
  }

  get isOpen(): boolean {
    return this.#ended === null;
  }

  connectionAfter(hello: HelloResult): Connection {
    const isOpen = (): boolean => this.isOpen;
    return {
      hello,
      get isOpen() {
        return isOpen();
      },
      api: engineApiOver((method, params, options) => explained(this.call(method, params, options), hello)),
      subscribe: (name, params, onMessage) =>
        explained(this.#subscribe(SUBSCRIBE_METHODS[name], params, onMessage as OnAnyMessage), hello),
      closed: this.closed,
      close: () => {
        this.end(null);
      },
    };
  }

  /** Returns the id of the request; null if nothing was sent. */
  #send(method: MethodName, params: unknown, onResult: OnAnyMessage, onError: (error: Error) => void): number | null {
    if (this.#ended !== null) {
      onError(this.#ended.reason ?? closedByUs());
      return null;
    }
    const id = this.#pending.add({ onResult, onError });
    const message = encodeMessage({ jsonrpc: '2.0', id, method, params });
    const bytes = Buffer.byteLength(message);
    if (bytes <= WIRE_LIMITS.messageBytes) this.#socket.write(message);
    else this.#pending.settle({ id, error: failureOf(tooLarge(method, bytes, WIRE_LIMITS.messageBytes)) });
    this.#silence.start();
    return id;
  }

  #receive(frame: Frame): void {
    if (this.#ended !== null) return;
    if (frame.kind === 'oversized') {
      this.end(unreadable(`a message of more than ${WIRE_LIMITS.messageBytes} bytes`, this.#socketPath));
      return;
    }
    const message = parseJsonObject(frame.text);
    if (message === null) this.end(unreadable('something that is not a message', this.#socketPath));
    else if (typeof message['method'] === 'string') this.#notify(message['method'], message['params']);
    else if (!this.#pending.settle(message) && message['id'] === null) this.end(failureToError(message['error']));
  }

  /** Ignores messages of streams that were closed, and of kinds that only a newer engine knows. */
  #notify(method: string, params: unknown): void {
    if (!isStreamName(method) || !isRecord(params)) return;
    const subscription = params['subscription'];
    const taken = typeof subscription === 'number' ? this.#streams.get(subscription)?.(params) : undefined;
    if (taken instanceof Promise) this.#readings.holdUp(taken);
  }
}

async function explained<T>(answer: Promise<T>, hello: HelloResult): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof Error ? explainVersionGap(error, hello) : error;
  }
}
