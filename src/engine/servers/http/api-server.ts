import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '../../../config/registry/remote-endpoints.ts';
import { HealerError, toHealerError } from '../../../protocol/errors.ts';
import type { ServedEngine } from '../../access/served-engine.ts';
import { CallerCheck, type CallerCheckOptions } from '../../access/caller-check.ts';
import type { RemoteEntrance } from '../../access/remote-entrance.ts';
import { sharedBy } from '../shared-by.ts';
import { callerRequestOf } from './caller-request.ts';
import { HttpConnections } from './connections.ts';
import { refuse } from './error-body.ts';
import type { MetricsSource } from './metrics.ts';
import type { IdentifiedCaller } from './identified-caller.ts';
import {
  type Certificate,
  DEFAULT_TIMEOUTS,
  maxConnections,
  serveWeb,
  type Timeouts,
  type WebServer,
} from './web-server.ts';
import type { SseStreams } from './sse-streams.ts';

/** How the remote API is served. */
export interface ApiOptions {
  /** What every remote request passes through, also over other transports. */
  readonly entrance: RemoteEntrance;
  readonly callers: CallerCheckOptions;
  readonly at: Endpoint;
  readonly certificate: Certificate | null;
  readonly timeouts?: Timeouts;
  readonly metrics: MetricsSource;
  /** A socket that already listens there; null opens one. */
  readonly opened?: number | null;
}

/** The server of the remote API. */
export interface ApiServer extends WebServer {
  /** The number of open streams. */
  readonly clients: () => number;
}

/** Serves the remote API (docs/http-api.md). The first request of an identified caller loads its framework. */
export async function serveApi(engine: ServedEngine, options: ApiOptions): Promise<ApiServer> {
  const { entrance } = options;
  const check = new CallerCheck(options.callers);
  const callers = new WeakMap<object, IdentifiedCaller>();
  const connections = new HttpConnections(maxConnections());
  const { budget } = sharedBy(engine);
  let loading: Promise<LoadedApp> | undefined;
  let streams: SseStreams | null = null;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const facts = callerRequestOf(request);
    const caller = await check.identify(facts);
    const key = await check.keyOf(facts);
    callers.set(request, { caller, key });
    if (caller === 'guest') {
      connections.claim(request, key);
      if (!budget.admits(0, false)) throw overloaded();
    }
    loading ??= loadApp({
      engine,
      entrance,
      callerOf: (incoming) => callers.get(incoming) ?? UNKNOWN_CALLER,
      source: options.metrics,
    });
    const app = await loading;
    streams = app.streams;
    await app.listener(request, response);
  };
  const server = await serveWeb(
    options.at,
    (request, response) => {
      answer(request, response).catch((error: unknown) => refuseSafely(response, toHealerError(error)));
    },
    {
      certificate: options.certificate,
      timeouts: options.timeouts ?? DEFAULT_TIMEOUTS,
      connections,
      budget,
      opened: options.opened ?? null,
    },
  );
  return {
    ...server,
    clients: () => streams?.count ?? 0,
    close: () => {
      streams?.close();
      return server.close();
    },
  };
}

interface LoadedApp {
  readonly streams: SseStreams;
  readonly listener: (request: IncomingMessage, response: ServerResponse) => unknown;
}

interface AppSources {
  readonly engine: ServedEngine;
  readonly entrance: RemoteEntrance;
  readonly callerOf: (request: object) => IdentifiedCaller;
  readonly source: MetricsSource;
}

async function loadApp({ engine, entrance, callerOf, source }: AppSources): Promise<LoadedApp> {
  const [{ getRequestListener }, { createApp, toKnownError }, { SseStreams: Streams }, { errorAnswerOf }] =
    await Promise.all([
      import('@hono/node-server'),
      import('./app.ts'),
      import('./sse-streams.ts'),
      import('./error-body.ts'),
    ]);
  const streams = new Streams(engine, entrance);
  const metrics = async (): Promise<{ type: string; text: string }> => {
    const { describeMetrics } = await import('./metrics.ts');
    return describeMetrics(source);
  };
  const app = createApp({ entrance, streams, callerOf, metrics });
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      const { status, headers, body } = errorAnswerOf(toKnownError(error));
      return new Response(body, { status, headers });
    },
  });
  return { streams, listener };
}

const UNKNOWN_CALLER: IdentifiedCaller = { caller: 'guest', key: '' };

function overloaded(): HealerError {
  const message = 'too much data waits for clients that do not read it; try again later';
  return new HealerError('TOO_MANY_REQUESTS', message, { retryAfterMs: 1_000 });
}

function refuseSafely(response: ServerResponse, error: HealerError): void {
  if (response.headersSent) response.destroy();
  else refuse(response, error);
}
