import { createServer as createPlain, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { descriptors } from '../../../base/descriptors.ts';
import type { Endpoint } from '../../../config/registry/remote-endpoints.ts';
import { HealerError } from '../../../protocol/errors.ts';
import { KEPT_FREE } from '../../core/kept-free.ts';
import { bufferedSocket } from '../buffered-socket.ts';
import type { SendBudget } from '../send-budget.ts';
import { SERVER_LIMITS } from '../server-limits.ts';
import { HttpConnections } from './connections.ts';

/** A certificate and its private key, as PEM. */
export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** A listening HTTP or HTTPS server. */
export interface WebServer {
  /** The port, also if port 0 let the system choose one. */
  readonly port: number;
  /** Uses the certificate for new connections. Does nothing without TLS. */
  renewCertificate(certificate: Certificate): void;
  /**
   * Stops listening after `give` has received the descriptor of the socket and has handed a copy to another process. Clients then
   * wait for that process. Open connections are served until `close`.
   */
  leave(give: (fd: number) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** How long a client may take for each part of a request, and how long a connection may stay idle. */
export interface Timeouts {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  readonly idleMs: number;
}

/** The timeouts of all servers outside of tests. */
export const DEFAULT_TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000, keepAliveMs: 5_000, idleMs: 60_000 };
const SECURITY = { minVersion: 'TLSv1.2' } as const;
/** Each check wakes the engine, also without connections. */
const MAX_CHECK_MS = 5_000;
/** The part of the files that the engine may open that the connections of one server may use. */
const FILE_SHARE = 0.25;
/** How long pending responses may take once the server is closing. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Optional settings of a server. */
export interface WebOptions {
  readonly certificate?: Certificate | null;
  readonly timeouts?: Timeouts;
  readonly connections?: HttpConnections;
  /** Limits the unsent data of all clients. */
  readonly budget?: SendBudget;
  /** A listening socket of this address that another process opened; null opens one. */
  readonly opened?: number | null;
}

/** Listens for HTTP, or for HTTPS if a certificate is given. @throws HealerError IO_ERROR if it cannot listen */
export async function serveWeb(
  { host, port }: Endpoint,
  answer: RequestListener,
  {
    certificate = null,
    timeouts = DEFAULT_TIMEOUTS,
    connections = new HttpConnections(maxConnections()),
    budget,
    opened = null,
  }: WebOptions = {},
): Promise<WebServer> {
  const onRequest: RequestListener = (request, response) => {
    connections.receivedHeader(request);
    answer(request, response);
  };
  const server = await createServer(onRequest, certificate, optionsOf(timeouts));
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    const release = budget?.add(bufferedSocket(socket, false));
    if (release !== undefined) socket.on('close', release);
  });
  server.setTimeout(timeouts.idleMs);
  // The last descriptors are left to the local socket, so that the engine can still be stopped.
  server.on('connection', (socket: Socket) => {
    if (!descriptors.hasRoom(0, KEPT_FREE.streams)) socket.destroy();
  });
  await listen(server, { host, port }, opened);
  const { port: found } = server.address() as AddressInfo;
  const stopListening = closingOnce(server);
  return {
    port: found,
    renewCertificate: (renewed) => {
      if ('setSecureContext' in server) server.setSecureContext({ ...renewed, ...SECURITY });
    },
    leave: async (give) => {
      const fd = descriptorOf(server);
      if (fd === null) return;
      await give(fd);
      void stopListening();
    },
    close: async () => {
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
      const closed = stopListening();
      server.closeIdleConnections();
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Returns the largest number of connections to one server. */
export function maxConnections(): number {
  return Math.max(16, Math.min(SERVER_LIMITS.httpConnections, Math.floor(descriptors.limit * FILE_SHARE)));
}

function optionsOf({ headersMs, requestMs, keepAliveMs }: Timeouts): ServerOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(MAX_CHECK_MS, headersMs),
    maxHeaderSize: 16 * 1024,
  };
}

async function createServer(
  answer: RequestListener,
  certificate: Certificate | null,
  options: ServerOptions,
): Promise<Server | SecureServer> {
  if (certificate === null) return createPlain(options, answer);
  const { createServer: createSecure } = await import('node:https');
  const handshakeTimeout = options.headersTimeout ?? DEFAULT_TIMEOUTS.headersMs;
  return createSecure({ ...options, ...certificate, ...SECURITY, handshakeTimeout }, answer);
}

/** Returns the descriptor of the listening socket; null where Node does not show it. */
function descriptorOf(server: Server | SecureServer): number | null {
  const { _handle: handle } = server as { readonly _handle?: { readonly fd?: unknown } | null };
  return typeof handle?.fd === 'number' && handle.fd >= 0 ? handle.fd : null;
}

function listen(server: Server | SecureServer, { host, port }: Endpoint, fd: number | null): Promise<void> {
  return new Promise((resolve, reject) => {
    // The listener is kept, because every connection that cannot be accepted emits an error, for example if no file descriptor is free.
    server.on('error', (cause) => {
      const data = { host, port };
      reject(
        new HealerError('IO_ERROR', `cannot listen on ${host}:${String(port)}: ${cause.message}`, data, { cause }),
      );
    });
    if (fd === null) server.listen(port, host, resolve);
    else server.listen({ fd }, resolve);
  });
}

/** Returns a function that closes the listening socket, once, and resolves when the last connection is closed. */
function closingOnce(server: Server | SecureServer): () => Promise<void> {
  let closed: Promise<void> | null = null;
  return () => {
    closed ??= new Promise((resolve) => server.close(() => resolve()));
    return closed;
  };
}
