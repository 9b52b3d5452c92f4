import { PACKAGE_VERSION } from '../../src/base/package-version.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHealerError } from '../../src/protocol/errors.ts';
import { encodeMessage, LineDecoder } from '../../src/protocol/framing.ts';
import type { HelloResult, MethodName, Params } from '../../src/protocol/methods/methods.ts';
import type { NotificationName, Notifications } from '../../src/protocol/notifications.ts';
import { failureOf, type RpcRequest } from '../../src/protocol/rpc.ts';

type Body<N extends NotificationName> = Omit<Notifications[N], 'subscription'>;

/**
 * The responses of the fake. A `subscribe…` handler returns the messages that follow its response in the same chunk. An
 * exception rejects the request.
 */
export type FakeHandlers = { readonly [M in MethodName]?: (params: Params<M>) => unknown };

interface FakeEngineOptions {
  readonly handlers?: FakeHandlers;
  readonly hello?: Partial<HelloResult>;
  /** The path of the socket, in an existing folder; by default in a new temporary folder. */
  readonly socketPath?: string;
}

export interface FakeEngine {
  readonly socketPath: string;
  /** All requests in the order of arrival, including `hello`. */
  readonly calls: readonly { readonly method: string; readonly params: unknown }[];
  readonly connections: number;
  pushSnapshot(message: Body<'snapshot'>): void;
  pushEvents(message: Body<'events'>): void;
  pushLog(message: Body<'log'>): void;
  dropConnections(): void;
  close(): Promise<void>;
}

const STREAM_OF: Readonly<Record<string, NotificationName>> = {
  subscribeSnapshot: 'snapshot',
  subscribeEvents: 'events',
  subscribeLog: 'log',
};

interface Stream {
  readonly socket: Socket;
  readonly name: NotificationName;
}

/** Implements the engine's protocol on a real socket, with responses that the test defines. */
export async function startFakeEngine(options: FakeEngineOptions = {}): Promise<FakeEngine> {
  const folder = options.socketPath === undefined ? await mkdtemp(join(tmpdir(), 'healer-fake-')) : null;
  const socketPath = options.socketPath ?? join(String(folder), 'default.sock');
  const fake = new FakeServer(options);
  const server = createServer((socket) => {
    fake.serve(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(socketPath, resolve);
  });
  return {
    socketPath,
    calls: fake.calls,
    get connections() {
      return fake.sockets.size;
    },
    pushSnapshot: (message) => {
      fake.push('snapshot', message);
    },
    pushEvents: (message) => {
      fake.push('events', message);
    },
    pushLog: (message) => {
      fake.push('log', message);
    },
    dropConnections: () => {
      fake.drop();
    },
    close: async () => {
      // The socket is removed first, as in an engine, because a disconnected client may try to reconnect at once.
      const closed = closeServer(server);
      fake.drop();
      await closed;
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    },
  };
}

class FakeServer {
  readonly calls: { method: string; params: unknown }[] = [];
  readonly sockets = new Set<Socket>();
  readonly #streams = new Map<number, Stream>();
  readonly #options: FakeEngineOptions;
  #lastSubscription = 0;

  constructor(options: FakeEngineOptions) {
    this.#options = options;
  }

  serve(socket: Socket): void {
    const decoder = new LineDecoder();
    this.sockets.add(socket);
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk)) {
        if (frame.kind === 'line') void this.#answer(socket, JSON.parse(frame.text) as RpcRequest);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.sockets.delete(socket);
      for (const [id, stream] of this.#streams) if (stream.socket === socket) this.#streams.delete(id);
    });
  }

  push(name: NotificationName, body: object): void {
    for (const [id, stream] of this.#streams) {
      if (stream.name === name) stream.socket.write(notification(name, id, body));
    }
  }

  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async #answer(socket: Socket, { id, method, params }: RpcRequest): Promise<void> {
    this.calls.push({ method, params });
    try {
      const answer = await this.#handle(method, params);
      const name = STREAM_OF[method];
      if (name !== undefined) this.#startStream(socket, id, name, (answer ?? []) as object[]);
      else socket.write(encodeMessage({ jsonrpc: '2.0', id, result: answer }));
    } catch (error) {
      socket.write(encodeMessage({ jsonrpc: '2.0', id, error: failureOf(toHealerError(error)) }));
    }
  }

  #handle(method: string, params: unknown): unknown {
    const handler = this.#options.handlers?.[method as MethodName] as ((params: unknown) => unknown) | undefined;
    if (handler !== undefined) return handler(params);
    if (method === 'hello') return { ...DEFAULT_HELLO, ...this.#options.hello };
    if (method === 'unsubscribe') return this.#unsubscribe((params as Params<'unsubscribe'>).subscription);
    if (method in STREAM_OF) return [];
    throw new Error(`the fake engine has no handler for "${method}"`);
  }

  #startStream(socket: Socket, requestId: unknown, name: NotificationName, first: readonly object[]): void {
    this.#lastSubscription += 1;
    const subscription = this.#lastSubscription;
    this.#streams.set(subscription, { socket, name });
    const reply = encodeMessage({ jsonrpc: '2.0', id: requestId, result: { subscription } });
    socket.write(reply + first.map((body) => notification(name, subscription, body)).join(''));
  }

  #unsubscribe(subscription: number): null {
    this.#streams.delete(subscription);
    return null;
  }
}

/** The pid is above the maximum, so that signals always fail with "no such process". */
/** The same version as the command line, which names any other. */
const DEFAULT_HELLO: HelloResult = {
  ...{ protocol: 1, version: PACKAGE_VERSION, build: null, instance: 'default', pid: 2 ** 22 + 1 },
};

function notification(method: NotificationName, subscription: number, body: object): string {
  return encodeMessage({ jsonrpc: '2.0', method, params: { subscription, ...body } });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
