import { createServer as createPlain, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '../../../config/registry/remote-endpoints.ts';
import { HealerError } from '../../../protocol/errors.ts';

export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface WebServer {
  /** The port, where any was wanted the one that was found. */
  readonly port: number;
  /** For connections from now on; those that stand go on. Nothing without TLS. */
  renewCertificate(certificate: Certificate): void;
  close(): Promise<void>;
}

/** How long a client may take to say what it wants, and may then say nothing. */
export interface Patience {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  readonly idleMs: number;
}

/** How long the servers wait for those who call. */
export const PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000, keepAliveMs: 5_000, idleMs: 60_000 };
const SECURITY = { minVersion: 'TLSv1.2' } as const;
const LONGEST_CHECK_MS = 2_000;
const MOST_CONNECTIONS = 2_048;
/** Answers that are on their way when the server goes down. */
const LAST_WORDS_MS = 1_000;

export interface WebOptions {
  readonly certificate?: Certificate | null;
  readonly patience?: Patience;
}

/** Listens for HTTP, or HTTPS with a certificate. @throws HealerError IO_ERROR when the address cannot be used */
export async function serveWeb(
  { host, port }: Endpoint,
  answer: RequestListener,
  { certificate = null, patience = PATIENCE }: WebOptions = {},
): Promise<WebServer> {
  const server = await createServer(answer, certificate, optionsOf(patience));
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(patience.idleMs);
  await listen(server, host, port);
  const { port: found } = server.address() as AddressInfo;
  return {
    port: found,
    renewCertificate: (renewed) => {
      if ('setSecureContext' in server) server.setSecureContext({ ...renewed, ...SECURITY });
    },
    close: () => close(server),
  };
}

function optionsOf({ headersMs, requestMs, keepAliveMs }: Patience): ServerOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(LONGEST_CHECK_MS, headersMs),
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
  return createSecure({ ...options, ...certificate, ...SECURITY }, answer);
}

function listen(server: Server | SecureServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // For as long as it listens: where the machine has no more files, each client that cannot be taken is an error.
    server.on('error', (cause) => {
      const data = { host, port };
      reject(
        new HealerError('IO_ERROR', `cannot listen on ${host}:${String(port)}: ${cause.message}`, data, { cause }),
      );
    });
    server.listen(port, host, resolve);
  });
}

function close(server: Server | SecureServer): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS);
    server.close(() => {
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
