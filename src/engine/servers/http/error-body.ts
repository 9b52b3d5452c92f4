import type { ServerResponse } from 'node:http';
import { ERROR_CATALOG, type HealerError } from '../../../protocol/errors.ts';

/** An error response (docs/http-api.md). */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Responses must not be cached: they change constantly and are specific to the caller. */
export const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;
/** Headers of server-sent events. */
export const STREAM_HEADERS = {
  ...COMMON_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  // A proxy that buffers a response until it is complete would never forward a stream.
  'x-accel-buffering': 'no',
} as const;
/** The content type of JSON responses. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** Returns an error as an HTTP response, with the status that belongs to its code. */
export function errorAnswerOf({ code, message, data }: HealerError): ErrorAnswer {
  const { retryAfterMs } = data;
  return {
    status: ERROR_CATALOG[code].http,
    headers: {
      ...COMMON_HEADERS,
      'content-type': JSON_TYPE,
      ...(code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer realm="healer"' } : {}),
      ...(typeof retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } : {}),
    },
    body: `${JSON.stringify({ error: { code, message, data } })}\n`,
  };
}

/** Sends an error and closes the connection, which cannot be reused because the body of the request was not read. */
export function refuse(response: ServerResponse, error: HealerError): void {
  const { status, headers, body } = errorAnswerOf(error);
  response.writeHead(status, { ...headers, connection: 'close' }).end(body);
}
