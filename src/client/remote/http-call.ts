import { startTimer } from '../../base/long-timer.ts';
import { type IncomingMessage, request as requestPlain, type RequestOptions } from 'node:http';
import { codeOf } from '../../base/thrown.ts';
import { HealerError, isErrorCode } from '../../protocol/errors.ts';
import { isRecord } from '../../protocol/rpc.ts';
import type { RemoteOptions } from './remote-options.ts';
import type { RemoteRequest } from './remote-request.ts';

const TIMEOUT_MS = 5_000;
/** More than an engine sends in one response. */
const MAX_BYTES = 64 * 1024 * 1024;

/** How to send a request. */
interface SendOptions {
  readonly signal?: AbortSignal;
  /** False for requests that take the time they need once the connection is established. */
  readonly isQuick?: boolean;
}

/**
 * Sends a request and resolves to the JSON of the response.
 * @throws HealerError of the engine or the connection, or the reason of the signal
 */
export async function callRemote(
  remote: RemoteOptions,
  wanted: RemoteRequest,
  options: SendOptions = {},
): Promise<unknown> {
  try {
    return parse(await readAll(await openRemote(remote, wanted, options), remote.url), remote.url);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Sends a request and resolves to the response while it is still being received. A signal that aborts ends the response too.
 * @throws HealerError, or the reason of the signal
 */
export async function openRemote(
  remote: RemoteOptions,
  wanted: RemoteRequest,
  options: SendOptions = {},
): Promise<IncomingMessage> {
  const { signal } = options;
  signal?.throwIfAborted();
  let response: IncomingMessage;
  try {
    response = await send(remote, wanted, options).catch((error: unknown) => {
      if (!(error instanceof StaleConnection) || wanted.verb !== 'GET') throw error;
      return send(remote, wanted, options);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(error as Error, remote.url);
  }
  if ((response.statusCode ?? 0) < 300) return response;
  throw errorIn(await readAll(response, remote.url), response.statusCode ?? 0, remote.url);
}

/** A kept connection that the server closed at the moment at which a request was sent on it. */
class StaleConnection extends Error {}

async function send(
  remote: RemoteOptions,
  { verb, path, body }: RemoteRequest,
  { signal, isQuick = true }: SendOptions,
): Promise<IncomingMessage> {
  const url = parseUrl(remote.url, path);
  const isSecure = url.protocol === 'https:';
  const request = isSecure ? (await import('node:https')).request : requestPlain;
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  const token = remote.token === undefined ? {} : { authorization: `Bearer ${remote.token}` };
  const options: RequestOptions & { ca?: string | Buffer } = {
    method: verb,
    headers: { accept: 'application/json, text/event-stream', ...content, ...token },
    ...(signal === undefined ? {} : { signal }),
    ...(remote.ca === undefined ? {} : { ca: typeof remote.ca === 'string' ? remote.ca : Buffer.from(remote.ca) }),
  };
  const timeoutMs = remote.timeoutMs ?? TIMEOUT_MS;
  return new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, options, resolve);
    const cancelTimer = startTimer(() => sent.destroy(noAnswer(remote.url, timeoutMs)), timeoutMs);
    sent.once('response', cancelTimer);
    if (!isQuick) {
      // A kept connection is connected already, and never announces that again.
      sent.once('socket', (socket) => {
        if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', cancelTimer);
        else cancelTimer();
      });
    }
    sent.on('error', (error) => {
      cancelTimer();
      reject(sent.reusedSocket && codeOf(error) === 'ECONNRESET' ? new StaleConnection(error.message) : error);
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Returns the URL of a path; `http://` may be omitted in the base. @throws HealerError INVALID_CONFIG for an invalid base */
export function parseUrl(base: string, path: string): URL {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(base) ?? [];
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    const message = `"${base}" is not a URL of an engine: write http:// or https:// instead of ${scheme}://`;
    throw new HealerError('INVALID_CONFIG', message, { url: base });
  }
  const text = /^https?:\/\//i.test(base) ? base : `http://${base}`;
  if (!URL.canParse(text)) {
    throw new HealerError('INVALID_CONFIG', `"${base}" is not a URL; write it as http://127.0.0.1:19881`, {
      url: base,
    });
  }
  const url = new URL(`${text.replace(/\/+$/, '')}${path}`);
  if (url.username === '' && url.password === '') return url;
  const message = `the URL of ${url.host} contains a name or password, which engines do not use — use a token file instead`;
  throw new HealerError('INVALID_CONFIG', message, { host: url.host });
}

async function readAll(response: IncomingMessage, url: string): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  try {
    for await (const part of response as AsyncIterable<string>) {
      text += part;
      if (text.length > MAX_BYTES)
        throw new HealerError('TOO_LARGE', `the response of ${url} is longer than ${String(MAX_BYTES / 2 ** 20)} MB`);
    }
  } catch (error) {
    throw unreachable(error as Error, url);
  }
  return text;
}

function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HealerError('INTERNAL', `the server at ${url} is not a healer engine`, { url }, { cause });
  }
}

/** Returns the error that the engine reported. */
function errorIn(text: string, status: number, url: string): HealerError {
  try {
    const answer: unknown = JSON.parse(text);
    const error = isRecord(answer) ? answer['error'] : null;
    if (isRecord(error) && isErrorCode(error['code']) && typeof error['message'] === 'string') {
      return new HealerError(error['code'], error['message'], isRecord(error['data']) ? error['data'] : {});
    }
  } catch {
    // The server is not an engine.
  }
  return new HealerError('INTERNAL', `${url} answered with status ${String(status)}; it may not be a healer engine`, {
    url,
    status,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EPROTO: 'the server does not use TLS; try http://',
  ENOTFOUND: 'no host has this name; check the name',
  ECONNREFUSED: 'nothing listens there; check the port, and that the engine runs with its HTTP API on',
  EHOSTUNREACH: 'there is no route to the host; check the address and the network',
  ENETUNREACH: 'there is no route to the network; check the address and the network',
};

function unreachable(error: Error & { readonly code?: string }, url: string): HealerError {
  if (error instanceof HealerError) return error;
  const { code = '', message } = error;
  if (CERTIFICATE_ERROR.test(code)) {
    const step = 'set HEALER_CA_FILE, or "ca" of the library, to the certificate of the authority that signed it';
    const sentence = `the certificate of ${url} is not trusted: ${message}; ${step}`;
    return new HealerError('UNAUTHENTICATED', sentence, { url }, { cause: error });
  }
  const why = REASONS[code] ?? message;
  const sentence = `cannot reach an engine at ${url}: ${why === '' ? 'the connection failed' : why}`;
  return new HealerError('ENGINE_NOT_RUNNING', sentence, { url }, { cause: error });
}

/** Error codes of OpenSSL and Node (https://nodejs.org/api/tls.html#x509-certificate-error-codes) that a retry cannot fix. */
const CERTIFICATE_ERROR = /CERT|UNABLE_TO_VERIFY|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|ERR_TLS_CERT/;

function noAnswer(url: string, timeoutMs: number): HealerError {
  return new HealerError('TIMEOUT', `${url} did not answer within ${String(timeoutMs)} ms`, { url, timeoutMs });
}
