import { createHmac } from 'node:crypto';
import { sanitizeText } from '../../../base/sanitize-text.ts';
import { codeOf } from '../../../base/thrown.ts';
import { type AlertMessage, messageId } from '../../../protocol/alert.ts';
import type { DeliveryFailure, DeliveryFailureCause, WebhookSettings } from '../../../protocol/alert-delivery.ts';
import { redact } from './explain-smtp-failure.ts';
import type { HttpResponse } from './http-post.ts';
import { proxyFor } from './proxy-for.ts';
import { retryAfterMs } from './retry-after.ts';
import { MAX_BODY_BYTES, type WebhookBody, webhookBody } from './webhook-body.ts';

/** An attempt to post a message. */
export interface WebhookOptions {
  /** How many alerts of a digest were sent by earlier attempts. */
  readonly sentAlerts?: number;
  /** Receives how many alerts of a digest were sent, after each request but the last. */
  readonly onPart?: (sentAlerts: number) => void;
  readonly signal?: AbortSignal | undefined;
  readonly onStage?: ((stage: 'response') => void) | undefined;
}

/** What receivers have accepted at most, by host, after they refused more. */
const acceptedBytes = new Map<string, number>();

/**
 * Posts a message in the format of the receiver, signed if a secret is set. A digest that is too large for one request is sent in
 * several. Returns null if the receiver responds to all of them with a 2xx status.
 */
export async function postWebhook(
  message: AlertMessage,
  settings: WebhookSettings,
  { sentAlerts = 0, onPart, signal, onStage }: WebhookOptions = {},
): Promise<DeliveryFailure | null> {
  const count = message.form === 'alert' ? 1 : message.alerts.length;
  let sent = Math.min(sentAlerts, count - 1);
  let maxBytes = Math.min(MAX_BODY_BYTES[settings.format], acceptedBytes.get(settings.url) ?? Infinity);
  let refusedBytes = Infinity;
  for (;;) {
    const body = webhookBody(message, settings, sent, maxBytes);
    const size = Buffer.byteLength(body.text);
    onStage?.('response');
    const result = await post(message, body, settings, signal).catch((error: unknown) => describe(error, settings));
    if ('cause' in result) return result;
    // Sent in smaller parts, or shortened, as long as that makes a difference.
    if (result.status === 413 && size < refusedBytes) {
      refusedBytes = size;
      maxBytes = size >> 1;
      continue;
    }
    if (result.status < 200 || result.status > 299) return refusal(result, settings);
    if (refusedBytes < Infinity) acceptedBytes.set(settings.url, maxBytes);
    if (body.sentAlerts >= count) return null;
    sent = body.sentAlerts;
    onPart?.(sent);
  }
}

async function post(
  message: AlertMessage,
  body: WebhookBody,
  settings: WebhookSettings,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(settings.timeoutMs);
  // Loaded when a webhook is used.
  const { postHttp } = await import('./http-post.ts');
  return postHttp({
    url: addressOf(settings),
    headers: headersOf(message, body, settings),
    body: body.text,
    caFile: settings.caFile ?? null,
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
  });
}

/** Returns the URL without the user name and password, which are sent in a header instead. */
function addressOf({ url }: WebhookSettings): URL {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return address;
}

function loginOf({ url }: WebhookSettings): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const login = `${decode(username)}:${decode(password)}`;
  return { Authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

/** A `%` that encodes nothing stands for itself. */
function decode(text: string): string {
  return attempt(() => decodeURIComponent(text)) ?? text;
}

function headersOf(message: AlertMessage, body: WebhookBody, settings: WebhookSettings): Record<string, string> {
  const { secret } = settings;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const sign = (text: string): string =>
    `sha256=${createHmac('sha256', secret ?? '')
      .update(text)
      .digest('hex')}`;
  // The first request has the id of the message, which is the same for all attempts. Each further one has an id of its own.
  const id = body.from === 0 ? messageId(message) : `${messageId(message)}.${String(body.from)}`;
  return {
    ...body.headers,
    'User-Agent': 'healer',
    'X-Healer-Delivery': id,
    'X-Healer-Timestamp': timestamp,
    ...loginOf(settings),
    ...(secret === null
      ? {}
      : {
          // Covers the time, so that a recorded request cannot be repeated later.
          'X-Healer-Signature-V2': sign(`${timestamp}.${body.text}`),
          // For receivers that were set up for an earlier version.
          'X-Healer-Signature': sign(body.text),
        }),
  };
}

/** Statuses that concern the URL or the receiver, not the message. */
const ABOUT_CHANNEL = [401, 403, 404, 405, 407, 408, 410, 425, 429];

function refusal({ status, headers, text }: HttpResponse, settings: WebhookSettings): DeliveryFailure {
  const isTemporary = status >= 500 || [408, 425, 429].includes(status);
  const wait = retryAfterMs(one(headers['retry-after']), one(headers['date']), Date.now());
  const said = hideSecrets(sanitizeText(text).trim().slice(0, 200), settings);
  return {
    cause: status === 429 || status === 503 ? 'temporary' : 'rejected',
    scope: isTemporary || ABOUT_CHANNEL.includes(status) ? 'channel' : 'message',
    ...(wait === null || !isTemporary ? {} : { retryAfterMs: wait }),
    message: `the webhook at ${hostOf(settings)} responded with status ${String(status)}${said === '' ? '' : `: ${said}`} (${hintFor(status)})`,
  };
}

function one(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

function hintFor(status: number): string {
  if (status === 429) return 'the receiver asks for fewer requests';
  if (status >= 300 && status < 400)
    return 'redirects are not followed: set webhook_url to the address that is redirected to';
  if (status === 407) return 'check the user name and password in the address of the proxy';
  return 'check webhook_url and the log of the receiver';
}

const CAUSES: Readonly<Record<string, DeliveryFailureCause>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNRESET: 'dropped',
  UND_ERR_SOCKET: 'dropped',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
};

function describe(thrown: unknown, settings: WebhookSettings): DeliveryFailure {
  const error = innermost(thrown);
  const code = codeOf(error) ?? '';
  const isTimeout = error.name === 'TimeoutError';
  const isCertificate = /certificate|self[- ]signed|altnames|CERT_|unable to verify/i.test(`${error.message} ${code}`);
  const reason = isTimeout ? `no response within ${String(settings.timeoutMs)} ms` : error.message || code;
  const proxy = attempt(() => proxyFor(addressOf(settings), process.env));
  const hint = isCertificate
    ? 'set webhook_ca_file to the certificate of its CA'
    : hintAboutAddress(proxy !== null || /^the variable \w+_proxy/.test(reason));
  return {
    cause: isTimeout ? 'timeout' : isCertificate ? 'certificate' : (CAUSES[code] ?? 'other'),
    scope: 'channel',
    message: `cannot reach the webhook at ${hostOf(settings)}${proxy === null ? '' : ` through the proxy at ${proxy.host}`}: ${hideSecrets(sanitizeText(reason), settings)} (${hint})`,
  };
}

function hintAboutAddress(isProxied: boolean): string {
  return !isProxied
    ? 'check webhook_url'
    : 'check https_proxy, http_proxy and all_proxy in the environment of the engine, or list the host in no_proxy';
}

/** Connections to several addresses, or through a proxy, wrap the error that explains the failure. */
function innermost(thrown: unknown): Error {
  const [first] = thrown instanceof AggregateError ? (thrown.errors as unknown[]) : [];
  if (first !== undefined) return innermost(first);
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  return thrown.cause instanceof Error ? innermost(thrown.cause) : thrown;
}

/** Removes the secret and what may be one in the URL: often its path, and the user name and password. */
function hideSecrets(text: string, settings: WebhookSettings): string {
  const { pathname, search, searchParams, username, password } = new URL(settings.url);
  const { Authorization: login = '' } = loginOf(settings);
  const parts = [...pathname.split('/'), ...searchParams.values()].filter((part) => part.length > 5);
  const secrets = [settings.url, settings.secret ?? '', password, username, `${pathname}${search}`, pathname, search];
  return [...secrets, login.slice('Basic '.length), ...parts]
    .filter((secret) => secret.length > 1)
    .reduce(redact, text);
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** Omits the path of the URL, which often contains a secret. */
function hostOf({ url }: WebhookSettings): string {
  return new URL(url).host;
}
