import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../base/thrown.ts';
import { HealerError } from '../protocol/errors.ts';

/** What a program says of itself; true and false say no more than that. */
export type AlivenessAnswer = boolean | { readonly healthy: boolean; readonly [fact: string]: unknown };

export interface AlivenessOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  readonly host?: string;
  /** Asked at each request; one that throws or takes too long means that the program is not well. */
  readonly check?: () => AlivenessAnswer | Promise<AlivenessAnswer>;
  /** How long the check may take. */
  readonly timeoutMs?: number;
}

const CHECK_MS = 1_500;

/**
 * For programs that want to be checked: `GET /health` is answered with 200 or 503, `GET /status` with facts as JSON. A
 * loop that hangs answers nothing, which says it as well.
 */
export class AlivenessServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @throws HealerError IO_ERROR when the port cannot be used */
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
        answer(response, 404, { error: 'there are /health and /status here' });
      else
        void judge(check, timeoutMs).then(({ healthy, ...facts }) => {
          const uptimeMs = Math.round(performance.now() - startedAt);
          const status = { healthy, pid: process.pid, uptimeMs, ...facts };
          answer(
            response,
            healthy || path === '/status' ? 200 : 503,
            path === '/health' ? { healthy, ...facts } : status,
          );
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
    // The program ends when its own work is done, not when nobody asks any more.
    server.unref();
    return new AlivenessServer(server);
  }

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

async function judge(
  check: NonNullable<AlivenessOptions['check']>,
  timeoutMs: number,
): Promise<{ readonly healthy: boolean; readonly [fact: string]: unknown }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the check took longer than ${String(timeoutMs)} ms`)), timeoutMs);
  });
  try {
    const found = await Promise.race([Promise.resolve().then(check), late]);
    return typeof found === 'boolean' ? { healthy: found } : found;
  } catch (error) {
    return { healthy: false, error: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
