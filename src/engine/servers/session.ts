import type { Socket } from 'node:net';
import { descriptors } from '../../base/descriptors.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { type Frame, LineDecoder } from '../../protocol/framing.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import { type ApiMethod, isMethodName, type MethodName, type ParsedParams } from '../../protocol/methods/methods.ts';
import { PROTOCOL_VERSION } from '../../protocol/protocol-version.ts';
import type { Subscribed } from '../../protocol/notifications.ts';
import { failureOf, isRecord, RPC_CODES, type RequestId, type RpcFailure } from '../../protocol/rpc.ts';
import { Outlet } from './outlet.ts';
import { lowerRights, type SessionRights } from '../../policy/remote-access/session-rights.ts';
import type { RemoteEntrance } from '../access/remote-entrance.ts';
import { parseParams } from '../access/parse-params.ts';
import { streamOf } from '../access/stream-methods.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import { streamLog } from './log-stream.ts';
import { SERVER_LIMITS } from './server-limits.ts';
import { sharedBy } from './shared-by.ts';
import type { Stream } from './stream-outlet.ts';

/** More than any client needs: one that opens more is defective. */
const MAX_STREAMS = SERVER_LIMITS.localStreams;

/** Loads what requests of clients that gave up rights pass through. */
export type LoadEntrance = () => Promise<RemoteEntrance>;

type SessionHandlers = { readonly [M in MethodName]: (params: ParsedParams<M>) => unknown };

/** One client of the local socket: its requests and its subscriptions. Invalid input affects only this client. */
export class Session {
  readonly #engine: ServedEngine;
  readonly #outlet: Outlet;
  readonly #handlers: SessionHandlers;
  readonly #streams = new Map<number, Stream>();
  readonly #closing = new AbortController();
  readonly #mayStream: () => boolean;
  readonly #loadEntrance: LoadEntrance | null;
  /** Null while the client has all rights. */
  #rights: SessionRights | null = null;
  #lastSubscription = 0;
  #pending = 0;
  #lastActiveMs = performance.now();

  /** @param mayStream whether the engine has room for a client that stays connected */
  constructor(
    engine: ServedEngine,
    socket: Socket,
    loadEntrance: LoadEntrance | null,
    mayStream: () => boolean = () => true,
  ) {
    this.#engine = engine;
    this.#loadEntrance = loadEntrance;
    this.#mayStream = mayStream;
    const { snapshots, events, budget } = sharedBy(engine);
    const outlet = new Outlet(socket, budget);
    this.#outlet = outlet;
    this.#handlers = {
      ...engine.handlers,
      hello: (params) => this.#hello(params),
      subscribeSnapshot: ({ intervalMs }) => this.#subscribe((id) => snapshots.subscribe(outlet, id, intervalMs)),
      subscribeEvents: ({ afterSeq = engine.lastSeq(), process, delayMs }) =>
        this.#subscribe((id) => events.subscribe(outlet, id, { afterSeq, process, delayMs })),
      subscribeLog: (params) => this.#subscribe((id) => streamLog(engine, outlet, id, params)),
      unsubscribe: (params) => this.#unsubscribe(params),
    };
    const decoder = new LineDecoder();
    socket.on('data', (chunk: Buffer) => {
      // One chunk at a time, so that no more is read from a client that sends requests without reading responses.
      socket.pause();
      void this.#receiveAll(decoder.push(chunk)).then(() => socket.resume());
    });
    socket.on('close', () => this.#close());
    // A client may disconnect while a response is being written; that needs no report.
    socket.on('error', () => socket.destroy());
  }

  /** Returns the monotonic time in ms at which the last request or subscription of the client ended; null while one is open. */
  get idleSince(): number | null {
    return this.#pending === 0 && this.#streams.size === 0 ? this.#lastActiveMs : null;
  }

  async #receiveAll(frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) {
      // A fast request is answered before the next one is read; a slow one (a stop) does not block those after it.
      await Promise.race([this.#receive(frame), nextTurn()]);
      if (this.#outlet.isCongested) await this.#outlet.drained(this.#closing.signal);
    }
  }

  async #receive(frame: Frame): Promise<void> {
    if (frame.kind === 'oversized') {
      const message = `a message may have at most ${String(WIRE_LIMITS.messageBytes)} bytes; this one was ignored`;
      this.#fail(null, { code: RPC_CODES.invalidRequest, message });
      return;
    }
    const request = parseRequest(frame.text);
    if ('failure' in request) {
      this.#fail(request.id, request.failure);
      return;
    }
    this.#pending += 1;
    try {
      const result = await this.#answer(request.method, request.params);
      if (request.id !== undefined) this.#outlet.respond({ jsonrpc: '2.0', id: request.id, result });
    } catch (thrown) {
      const error = toHealerError(thrown);
      const code = error.data['issues'] === undefined ? RPC_CODES.application : RPC_CODES.invalidParams;
      this.#fail(request.id, failureOf(error, code));
    } finally {
      this.#pending -= 1;
      this.#lastActiveMs = performance.now();
    }
  }

  #answer(method: MethodName, input: unknown): unknown {
    const isOwn = method === 'hello' || method === 'unsubscribe';
    if (this.#rights !== null && !isOwn) return this.#answerRemotely(this.#rights, method, input);
    const handle = this.#handlers[method] as (params: unknown) => unknown;
    return handle(parseParams(method, input));
  }

  /** Answers a client that gave up rights, as every remote transport does. */
  async #answerRemotely(rights: SessionRights, method: MethodName, input: unknown): Promise<unknown> {
    const entrance = await this.#loadEntrance?.();
    if (entrance === undefined) throw new HealerError('FORBIDDEN', 'this engine serves no remote callers');
    const sender = entrance.senderOf(rights);
    const stream = streamOf(method);
    if (stream === undefined) return entrance.authorize(sender, method as ApiMethod)(input);
    const open = this.#handlers[method] as (params: unknown) => unknown;
    return open(entrance.authorizeStream(sender, stream)(input));
  }

  #lowerRights({ as: role, allow, caller }: ParsedParams<'hello'>): void {
    if (role === undefined && allow === undefined && caller === undefined) return;
    const lowered = lowerRights(this.#rights, { role, allow, caller });
    if (typeof lowered === 'string') throw new HealerError('FORBIDDEN', lowered);
    this.#rights = lowered;
  }

  #hello(params: ParsedParams<'hello'>): ServedEngine['hello'] {
    const { protocol } = params;
    const { hello } = this.#engine;
    if (protocol === PROTOCOL_VERSION) {
      this.#lowerRights(params);
      return hello;
    }
    throw new HealerError(
      'INVALID_CONFIG',
      `this engine (healer ${hello.version}) uses protocol ${String(PROTOCOL_VERSION)}, but the client uses ${String(protocol)}; install the same version of healer for both, then restart the older one`,
      { protocol: PROTOCOL_VERSION },
    );
  }

  #subscribe(open: (subscription: number) => Stream): Subscribed {
    if (this.#streams.size >= MAX_STREAMS) {
      throw new HealerError(
        'INVALID_STATE',
        `a client may have at most ${String(MAX_STREAMS)} subscriptions; end one first`,
      );
    }
    if (!this.#mayStream()) {
      throw new HealerError(
        'INVALID_STATE',
        `the engine has no room for another subscription (${String(descriptors.open)} of ${String(descriptors.limit)} file descriptors are open): disconnect other clients, or raise LimitNOFILE (ulimit -n) and restart the engine`,
      );
    }
    this.#lastSubscription += 1;
    const subscription = this.#lastSubscription;
    this.#streams.set(subscription, open(subscription));
    return { subscription };
  }

  #unsubscribe({ subscription }: ParsedParams<'unsubscribe'>): null {
    this.#streams.get(subscription)?.close();
    this.#streams.delete(subscription);
    return null;
  }

  #fail(id: RequestId | null | undefined, error: RpcFailure): void {
    if (id !== undefined) this.#outlet.respond({ jsonrpc: '2.0', id, error });
  }

  #close(): void {
    this.#closing.abort();
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A request, or the reason why the message is invalid. A notification has no id, and no response (https://www.jsonrpc.org/specification#notification). */
type ParsedRequest =
  | { readonly id: RequestId | undefined; readonly method: MethodName; readonly params: unknown }
  | { readonly id: RequestId | null | undefined; readonly failure: RpcFailure };

function parseRequest(text: string): ParsedRequest {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { id: null, failure: { code: RPC_CODES.parse, message: 'not JSON; each line must be one JSON object' } };
  }
  if (!isRecord(message)) return { id: null, failure: { code: RPC_CODES.invalidRequest, message: 'not an object' } };
  const id = idOf(message);
  const { method } = message as { method?: unknown };
  if (id === null || typeof method !== 'string') {
    return {
      id: id ?? null,
      failure: { code: RPC_CODES.invalidRequest, message: 'a request needs an id and a method' },
    };
  }
  if (!isMethodName(method)) {
    return { id, failure: { code: RPC_CODES.methodNotFound, message: `unknown method "${method.slice(0, 100)}"` } };
  }
  return { id, method, params: message['params'] ?? {} };
}

/** Returns undefined for a message without an id, and null for one with an invalid id. */
function idOf(message: Readonly<Record<string, unknown>>): RequestId | null | undefined {
  if (!Object.hasOwn(message, 'id')) return undefined;
  return typeof message['id'] === 'number' || typeof message['id'] === 'string' ? message['id'] : null;
}
