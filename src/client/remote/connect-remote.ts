import type { IncomingMessage } from 'node:http';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { EngineApi, HelloResult } from '../../protocol/methods/methods.ts';
import { PROTOCOL_VERSION } from '../../protocol/protocol-version.ts';
import type { EngineStatus, SnapshotMessage } from '../../protocol/snapshot.ts';
import type { Connection, Subscription } from '../connection/connection.ts';
import { engineApiOver } from '../connection/engine-api.ts';
import { HeldReading } from '../connection/held-reading.ts';
import { SilenceWatch } from '../connection/silence-watch.ts';
import { explainRemoteVersionGap } from '../connection/version-gap.ts';
import type { EngineTarget } from '../connection/engine-target.ts';
import type { OnMessage, StreamMessage, StreamName, StreamParams } from '../connection/streams.ts';
import { callRemote, openRemote, parseUrl } from './http-call.ts';
import type { RemoteOptions } from './remote-options.ts';
import { type RemoteRequest, requestFor, streamPathFor } from './remote-request.ts';
import { type SseMessage, SseParser } from './sse-parser.ts';

/** Returns an engine that is reached over its remote API. @throws HealerError INVALID_CONFIG for an invalid URL */
export function remoteTarget(options: RemoteOptions): EngineTarget {
  parseUrl(options.url, '/');
  const unreachable = (): HealerError =>
    new HealerError('ENGINE_NOT_RUNNING', `cannot reach an engine at ${options.url}`, { url: options.url });
  return { connect: (signal) => connectRemote(options, signal), notConnected: unreachable, lost: unreachable };
}

/** Connects to a remote engine. @throws HealerError ENGINE_NOT_RUNNING, TIMEOUT, UNAUTHENTICATED or FORBIDDEN */
export async function connectRemote(options: RemoteOptions, signal?: AbortSignal): Promise<Connection> {
  const callOptions = signal === undefined ? {} : { signal };
  const status = (await callRemote(options, requestFor('status', {}), callOptions)) as EngineStatus;
  const { version, instance, pid } = status;
  return new RemoteConnection(options, { protocol: PROTOCOL_VERSION, version, instance, pid });
}

/** A logical connection: each request uses its own HTTP connection, and a broken stream closes the whole connection. */
class RemoteConnection implements Connection {
  readonly hello: HelloResult;
  readonly api: EngineApi;
  readonly closed: Promise<Error | null>;
  readonly #options: RemoteOptions;
  readonly #streams = new Set<AbortController>();
  readonly #closing = new AbortController();
  #resolveClosed: (reason: Error | null) => void = () => undefined;
  #isOpen = true;

  constructor(options: RemoteOptions, hello: HelloResult) {
    this.hello = hello;
    this.#options = options;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.api = engineApiOver((method, params, { signal }) =>
      this.#call(requestFor(method, params), signal).catch((error: unknown) => {
        throw explainRemoteVersionGap(error, hello, options.url);
      }),
    );
  }

  /** Rejects with the reason of the caller's signal, or with that of the closed connection. */
  async #call(wanted: RemoteRequest, callerSignal: AbortSignal | undefined): Promise<unknown> {
    const silence = new AbortController();
    const signals = [this.#closing.signal, silence.signal, ...(callerSignal === undefined ? [] : [callerSignal])];
    const signal = AbortSignal.any(signals);
    if (wanted.verb === 'GET') return callRemote(this.#options, wanted, { signal });
    const watch = watchSilence(this.#options, silence);
    try {
      return await callRemote(this.#options, wanted, { signal, isQuick: false });
    } finally {
      watch.stop();
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async subscribe<N extends StreamName>(
    name: N,
    params: StreamParams<N>,
    onMessage: OnMessage<N>,
  ): Promise<Subscription> {
    const ending = new AbortController();
    const wanted = { verb: 'GET', path: streamPathFor(name, params), body: undefined } as const;
    const signal = AbortSignal.any([ending.signal, this.#closing.signal]);
    const response = await openRemote(this.#options, wanted, { signal }).catch((error: unknown) => {
      throw explainRemoteVersionGap(error, this.hello, this.#options.url);
    });
    this.#streams.add(ending);
    this.#read(response, ending.signal, (message) => onMessage(READERS[name](message)));
    return {
      close: () => {
        this.#streams.delete(ending);
        ending.abort();
        return Promise.resolve();
      },
    };
  }

  close(): void {
    this.#end(null);
  }

  #read(response: IncomingMessage, signal: AbortSignal, onMessage: (message: SseMessage) => unknown): void {
    const parser = new SseParser();
    const reading = new HeldReading(response);
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      for (const message of parser.push(text)) {
        const taken = signal.aborted ? undefined : onMessage(message);
        if (taken instanceof Promise) reading.holdUp(taken);
      }
    });
    // The engine sends a heartbeat every 15 s, so a silent connection is lost even if no error was reported.
    response.socket.setTimeout(SILENCE_MS, () =>
      response.destroy(new Error(`no data for ${String(SILENCE_MS / 1000)} s`)),
    );
    const broken = (error?: Error): void => {
      if (!signal.aborted) this.#end(streamLost(this.#options.url, error));
    };
    response.on('error', broken);
    response.on('close', () => broken());
  }

  #end(reason: Error | null): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const stream of this.#streams) stream.abort();
    this.#closing.abort(reason ?? new HealerError('ENGINE_NOT_RUNNING', 'this connection to the engine was closed'));
    this.#streams.clear();
    this.#resolveClosed(reason === null ? null : toHealerError(reason));
  }
}

/** Returns the error of every call that is under way when a stream breaks, such as by a reset connection. */
function streamLost(url: string, cause?: Error): HealerError {
  const message = `the connection to the engine at ${url} was lost`;
  return new HealerError('ENGINE_NOT_RUNNING', message, { url }, { cause });
}

const SILENCE_MS = 45_000;
const ANSWER_MS = 5_000;

/** Watches an engine that performs a slow operation, and aborts the request when it shows no sign of life. */
function watchSilence(options: RemoteOptions, silence: AbortController): SilenceWatch {
  const limitMs = options.timeoutMs ?? ANSWER_MS;
  const answered = (): void => watch.heard();
  const watch = new SilenceWatch(limitMs, {
    isWaiting: () => true,
    // Any response is a sign of life, and so is a refusal for lack of permissions.
    ask: () =>
      void callRemote({ ...options, timeoutMs: limitMs }, requestFor('status', {})).then(answered, (error: unknown) => {
        if (toHealerError(error).code !== 'TIMEOUT') answered();
      }),
    onSilence: () => {
      const message = `${options.url} has shown no sign of life for ${String(2 * limitMs)} ms, so the result is unknown`;
      silence.abort(new HealerError('TIMEOUT', message, { url: options.url, timeoutMs: 2 * limitMs }));
    },
  });
  watch.start();
  return watch;
}

/** Converts the messages of each stream to those of the local protocol. */
const READERS: { readonly [N in StreamName]: (message: SseMessage) => StreamMessage<N> } = {
  snapshot: ({ data }) => ({ subscription: 0, ...(JSON.parse(data) as SnapshotMessage) }),
  events: ({ event, data }) =>
    event === 'missed'
      ? { subscription: 0, events: [], missed: (JSON.parse(data) as { missed: number }).missed }
      : { subscription: 0, events: [JSON.parse(data) as EngineEvent], missed: 0 },
  log: ({ id, data }) => ({
    subscription: 0,
    cursor: id,
    ...(JSON.parse(data) as { lines: readonly LogLine[]; skipped: number; truncated?: boolean; ended?: boolean }),
  }),
};
