import type { ServerResponse } from 'node:http';
import { ERROR_CATALOGUE, type HealerError } from '../../../protocol/errors.ts';

/** An answer that is no success: status, headers and body (SPEC section 12). */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers change each moment and belong to who asked. */
export const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;
/** Of server-sent events. */
export const STREAM_HEADERS = {
  ...COMMON_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies that collect an answer before they pass it on would never pass this one on.
  'x-accel-buffering': 'no',
} as const;
export const JSON_TYPE = 'application/json; charset=utf-8';

/** An error as an HTTP answer: the status follows from its code. */
export function errorAnswerOf({ code, message, data }: HealerError): ErrorAnswer {
  const { retryAfterMs } = data;
  return {
    status: ERROR_CATALOGUE[code].http,
    headers: {
      ...COMMON_HEADERS,
      'content-type': JSON_TYPE,
      ...(code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer realm="healer"' } : {}),
      ...(typeof retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } : {}),
    },
    body: `${JSON.stringify({ error: { code, message, data } })}\n`,
  };
}

/** Before anything of the request's body was read: the connection cannot be used again. */
export function refuse(response: ServerResponse, error: HealerError): void {
  const { status, headers, body } = errorAnswerOf(error);
  response.writeHead(status, { ...headers, connection: 'close' }).end(body);
}
