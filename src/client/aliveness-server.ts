import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { within } from '../base/within.ts';
import { messageOf } from '../base/thrown.ts';
import { HealerError } from '../protocol/errors.ts';
import { isRecord } from '../protocol/rpc.ts';

/** The result of a program's own check: whether it is healthy, optionally with facts that `/status` reports. */
export type AlivenessAnswer = boolean | { readonly healthy: boolean; readonly [fact: string]: unknown };

/** How a program reports its health. */
export interface AlivenessOptions {
  /** 0 stands for any free port. */
  readonly port: number;
  /** The address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /**
   * Runs at each request. A check that throws, times out, or returns anything but `true` or an object with `healthy: true`
   * means that the program is unhealthy.
   */
  readonly check?: () => AlivenessAnswer | Promise<AlivenessAnswer>;
  /** The time limit of the check; 1500 ms by default. */
  readonly timeoutMs?: number;
}

const CHECK_MS = 1_500;

/**
 * An HTTP server for programs that report their health: `GET /health` returns 200 or 503, and `GET /status` returns facts
 * as JSON. A program with a blocked event loop does not answer at all, and so counts as unhealthy too.
 */
export class AlivenessServer implements AsyncDisposable {
  /** The port that the server listens on. */
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Starts a server that does not keep the process alive. @throws HealerError IO_ERROR when the port cannot be used */
  static async start({
    port,
    host = '127.0.0.1',
    check = () => true,
    timeoutMs = CHECK_MS,
  }: AlivenessOptions): Promise<AlivenessServer> {
    const startedAt = performance.now();
    const server = createServer((request, response) => {
      request.resume();
      const [path] = (request.url ?? '').split('?');
      if (path !== '/health' && path !== '/status')
        answer(response, 404, { error: 'not found; the paths are /health and /status' });
      else
        void judge(check, timeoutMs).then(({ healthy, ...facts }) => {
          const uptimeMs = Math.round(performance.now() - startedAt);
          const own = path === '/health' ? {} : { pid: process.pid, uptimeMs };
          answer(response, healthy || path === '/status' ? 200 : 503, { healthy, ...own, ...facts });
        });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(
          new HealerError(
            'IO_ERROR',
            `cannot listen on ${host}:${String(port)}: ${cause.message}`,
            { host, port },
            { cause },
          ),
        );
      });
      server.listen(port, host, resolve);
    });
    server.unref();
    return new AlivenessServer(server);
  }

  /** Closes the server and its connections. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

interface Judgement {
  readonly healthy: boolean;
  readonly [fact: string]: unknown;
}

/** Never throws: a check must not harm the program that it is part of, whatever it returns. */
async function judge(check: NonNullable<AlivenessOptions['check']>, timeoutMs: number): Promise<Judgement> {
  try {
    const found: unknown = await within(timeoutMs, Promise.resolve().then(check), LATE);
    if (found === LATE) return { healthy: false, error: `the check took longer than ${String(timeoutMs)} ms` };
    if (typeof found === 'boolean') return { healthy: found };
    if (!isRecord(found) || typeof found['healthy'] !== 'boolean') return { healthy: false, error: NO_ANSWER };
    return { ...(JSON.parse(JSON.stringify(found, wholeNumbers)) as Judgement), healthy: found['healthy'] };
  } catch (error) {
    return { healthy: false, error: textOf(error) };
  }
}

const LATE = Symbol('late');
const NO_ANSWER = 'the check returned neither true or false, nor an object with "healthy"';

/** JSON has no BigInt. */
function wholeNumbers(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Anything can be thrown, also a value without a text. */
function textOf(thrown: unknown): string {
  try {
    return messageOf(thrown);
  } catch {
    return 'the check failed';
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
