import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Endpoint } from '../../../config/registry/remote-endpoints.ts';
import { originProblem } from '../../../policy/remote-access/request-origin.ts';
import type { PeerView } from '../../../protocol/peer-view.ts';
import { HealerError } from '../../../protocol/errors.ts';
import { COMMON_HEADERS, JSON_TYPE, refuse } from './error-body.ts';
import { originHeadersOf } from './request-origin-headers.ts';
import { serveWeb, type WebServer } from './web-server.ts';

/** Everyone may ask, so connections are not kept. */
const HEADERS = { ...COMMON_HEADERS, connection: 'close' } as const;

/** The content of `GET /status`. */
export interface AlivenessFacts {
  readonly instanceId: string;
  readonly pid: number;
  readonly version: string;
  /** Seconds. */
  readonly uptime: number;
  /** The peer engine; null without one. */
  readonly partner: PeerView | null;
}

/**
 * Serves `GET /alive` and `GET /status`, which show that the engine is responsive (docs/http-api.md). Neither reveals
 * anything about programs.
 * @param opened a socket that already listens there; null opens one
 * @throws HealerError IO_ERROR if it cannot listen on the address
 */
export function serveAliveness(
  at: Endpoint,
  names: () => readonly string[],
  facts: () => AlivenessFacts,
  opened: number | null = null,
): Promise<WebServer> {
  const respond: RequestListener = (request, response) => {
    request.resume();
    const problem = problemOf(request, names());
    if (problem === null) answer(request, response, facts);
    else refuse(response, problem);
  };
  return serveWeb(at, respond, { opened });
}

function answer({ url = '' }: IncomingMessage, response: ServerResponse, facts: () => AlivenessFacts): void {
  const [path] = url.split('?');
  if (path === '/alive') {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end('OK');
  } else if (path === '/status') {
    response.writeHead(200, { ...HEADERS, 'content-type': JSON_TYPE }).end(`${JSON.stringify(facts())}\n`);
  } else {
    refuse(response, new HealerError('NOT_FOUND', 'unknown path; use GET /alive or GET /status'));
  }
}

function problemOf(request: IncomingMessage, names: readonly string[]): HealerError | null {
  const { method, socket } = request;
  if (method !== 'GET' && method !== 'HEAD') return new HealerError('NOT_FOUND', 'only GET and HEAD are supported');
  const problem = originProblem(originHeadersOf(request), { localAddress: socket.localAddress ?? '', names });
  return problem === null ? null : new HealerError('FORBIDDEN', problem);
}
