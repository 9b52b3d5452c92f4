import { createConnection, type Socket } from 'node:net';
import { HealerError } from '../../protocol/errors.ts';
import { encodeMessage, type Frame, LineDecoder } from '../../protocol/framing.ts';
import { WIRE_LIMITS } from '../../protocol/limits.ts';
import type { EngineApi, HelloResult, MethodName, PROTOCOL_VERSION } from '../../protocol/methods/methods.ts';
import type { Subscribed } from '../../protocol/notifications.ts';
import { failureOf, isRecord } from '../../protocol/rpc.ts';
import { connectionLost, noAnswer, protocolMismatch, socketErrorOf, unreadable } from './connection-errors.ts';
import { engineApiOver } from './engine-api.ts';
import { failureToError, PendingCalls } from './pending-calls.ts';
import { isStreamName, type OnMessage, type StreamName, type StreamParams, SUBSCRIBE_METHODS } from './streams.ts';

/** The contract's own constant would bring its schemas along; the type keeps the two equal. */
const PROTOCOL: typeof PROTOCOL_VERSION = 1;

const HELLO_TIMEOUT_MS = 5000;

/** Whom to ask, under which name, and for how long. */
export interface ConnectOptions {
  readonly socketPath: string;
  /** Who is calling, for the engine's log. */
  readonly clientName: string;
  /** How long connecting and the first answer may take. */
  readonly timeoutMs?: number;
  /** Gives up connecting; of no effect afterwards. */
  readonly signal?: AbortSignal;
}

export interface Subscription {
  /** Ends the stream; no message arrives after the call. */
  close(): Promise<void>;
}

/** One connection to one engine. When it ends, everything that waits on it fails and it stays ended. */
export interface Connection {
  readonly hello: HelloResult;
  readonly api: EngineApi;
  subscribe<N extends StreamName>(name: N, params: StreamParams<N>, onMessage: OnMessage<N>): Promise<Subscription>;
  readonly isOpen: boolean;
  /** Resolves when the connection has ended: null when `close` ended it, else why. */
  readonly closed: Promise<Error | null>;
  close(): void;
}

/**
 * Connects to the engine that serves the socket.
 * @throws HealerError ENGINE_NOT_RUNNING, FORBIDDEN, TIMEOUT, or INVALID_STATE when the versions do not fit.
 */
export async function connectLocal(options: ConnectOptions): Promise<Connection> {
  const { socketPath, clientName, timeoutMs = HELLO_TIMEOUT_MS, signal } = options;
  const session = new Session(createConnection(socketPath), socketPath);
  const deadline = setTimeout(() => {
    session.end(noAnswer(socketPath, timeoutMs));
  }, timeoutMs);
  const giveUp = (): void => session.end(null);
  signal?.addEventListener('abort', giveUp);
  try {
    const hello = (await session.call('hello', { protocol: PROTOCOL, client: clientName })) as HelloResult;
    if (hello.protocol !== PROTOCOL) throw protocolMismatch(hello, PROTOCOL);
    return session.connectionAfter(hello);
  } catch (error) {
    session.end(null);
    throw error;
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', giveUp);
  }
}

type OnAnyMessage = (message: unknown) => void;

/** Requests, replies and streams over one socket. */
class Session {
  readonly closed: Promise<Error | null>;
  readonly #socket: Socket;
  readonly #socketPath: string;
  readonly #decoder = new LineDecoder();
  readonly #pending = new PendingCalls();
  readonly #streams = new Map<number, OnAnyMessage>();
  #ended: { readonly reason: Error | null } | null = null;
  #resolveClosed: (reason: Error | null) => void = () => undefined;

  constructor(socket: Socket, socketPath: string) {
    this.#socket = socket;
    this.#socketPath = socketPath;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    socket.on('data', (chunk) => {
      for (const frame of this.#decoder.push(chunk)) this.#receive(frame);
    });
    socket.on('error', (error) => {
      this.end(socketErrorOf(error, socketPath));
    });
    socket.on('close', () => {
      this.end(connectionLost(socketPath));
    });
  }

  /** Ends the session for good; null when that was our own wish. Later calls change nothing. */
  end(reason: Error | null): void {
    if (this.#ended !== null) return;
    this.#ended = { reason };
    this.#socket.destroy();
    this.#streams.clear();
    this.#pending.failAll(reason ?? closedByUs());
    this.#resolveClosed(reason);
  }

  call(method: MethodName, params: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#send(method, params, resolve, reject);
    });
  }

  /** The stream is in place before the next message is read: one may stand right behind the reply that names it. */
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
      api: engineApiOver((method, params) => this.call(method, params)),
      subscribe: (name, params, onMessage) =>
        this.#subscribe(SUBSCRIBE_METHODS[name], params, onMessage as OnAnyMessage),
      closed: this.closed,
      close: () => {
        this.end(null);
      },
    };
  }

  #send(method: MethodName, params: unknown, onResult: OnAnyMessage, onError: (error: Error) => void): void {
    if (this.#ended !== null) {
      onError(this.#ended.reason ?? closedByUs());
      return;
    }
    const id = this.#pending.add({ onResult, onError });
    const message = encodeMessage({ jsonrpc: '2.0', id, method, params });
    const bytes = Buffer.byteLength(message);
    if (bytes <= WIRE_LIMITS.messageBytes) this.#socket.write(message);
    else this.#pending.settle({ id, error: failureOf(tooLarge(method, bytes)) });
  }

  #receive(frame: Frame): void {
    if (this.#ended !== null) return;
    if (frame.kind === 'oversized') {
      this.end(unreadable(`a message of more than ${WIRE_LIMITS.messageBytes} bytes`, this.#socketPath));
      return;
    }
    const message = parseObject(frame.text);
    if (message === null) this.end(unreadable('something that is no message', this.#socketPath));
    else if (typeof message['method'] === 'string') this.#notify(message['method'], message['params']);
    else if (!this.#pending.settle(message) && message['id'] === null) this.end(failureToError(message['error']));
  }

  /** A message of a stream that was closed meanwhile, or of a kind that a newer engine added, is passed over. */
  #notify(method: string, params: unknown): void {
    if (!isStreamName(method) || !isRecord(params)) return;
    const subscription = params['subscription'];
    if (typeof subscription === 'number') this.#streams.get(subscription)?.(params);
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function tooLarge(method: MethodName, bytes: number): HealerError {
  const limit = WIRE_LIMITS.messageBytes;
  return new HealerError(
    'INVALID_CONFIG',
    `the "${method}" request was not sent: it is ${bytes} bytes long and the engine reads at most ${limit}`,
    { bytes, limit },
  );
}

function closedByUs(): HealerError {
  return new HealerError('ENGINE_NOT_RUNNING', 'this connection to the engine was closed');
}
