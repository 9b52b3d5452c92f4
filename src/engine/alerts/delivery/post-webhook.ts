import { createHmac } from 'node:crypto';
import { sanitizeText } from '../../../base/sanitize-text.ts';
import { codeOf } from '../../../base/thrown.ts';
import { subjectLine } from './subject-line.ts';
import { type AlertMessage, messageId } from '../../../protocol/alert.ts';
import type { DeliveryFailure, DeliveryFailureCause, WebhookSettings } from '../../../protocol/alert-delivery.ts';
import { redact } from './explain-smtp-failure.ts';
import { partsOf, renderText } from './message-text.ts';

/** Posts a message as JSON, signed if a secret is set. Returns null if the receiver responds with a 2xx status. */
export async function postWebhook(message: AlertMessage, settings: WebhookSettings): Promise<DeliveryFailure | null> {
  const body = JSON.stringify(settings.format === 'slack' ? slackPayload(message) : payloadOf(message));
  try {
    const response = await fetch(addressOf(settings), {
      method: 'POST',
      headers: headersOf(message, body, settings),
      body,
      // A redirect would send the signed body to an address that is not configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(settings.timeoutMs),
    });
    await response.body?.cancel();
    return response.ok ? null : refusal(response.status, settings);
  } catch (error) {
    return describe(error, settings);
  }
}

/** Returns the URL without the user name and password, which are sent in a header instead: `fetch` refuses them. */
function addressOf({ url }: WebhookSettings): URL {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return address;
}

function loginOf({ url }: WebhookSettings): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

function headersOf(message: AlertMessage, body: string, settings: WebhookSettings): Record<string, string> {
  const { secret } = settings;
  const signature = secret === null ? null : createHmac('sha256', secret).update(body).digest('hex');
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'healer',
    // Identical for every attempt.
    'X-Healer-Delivery': messageId(message),
    ...loginOf(settings),
    ...(signature === null ? {} : { 'X-Healer-Signature': `sha256=${signature}` }),
  };
}

function payloadOf(message: AlertMessage): object {
  const { from } = message;
  const common = { id: messageId(message), subject: subjectLine(message), ...from };
  if (message.form === 'digest') return { ...common, kind: 'digest', alerts: message.alerts };
  return { ...common, ...message.alert, subject: common.subject, lines: message.lines.map(sanitizeText) };
}

/** Returns the format of Slack, Mattermost, Rocket.Chat and Discord's /slack endpoint. */
function slackPayload(message: AlertMessage): object {
  const { summary } = partsOf(message);
  const fence = '```';
  const details = renderText(message).replaceAll(fence, "'''").slice(0, 2_800);
  return {
    text: `*${escapeSlack(subjectLine(message))}*\n${escapeSlack(summary)}\n${fence}${escapeSlack(details)}${fence}`,
  };
}

function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function refusal(status: number, settings: WebhookSettings): DeliveryFailure {
  // 408, 425, 429 and 5xx are temporary problems of the receiver; other statuses concern only this message.
  const isTemporary = status >= 500 || [408, 425, 429].includes(status);
  return {
    cause: 'rejected',
    scope: isTemporary ? 'channel' : 'message',
    message: `the webhook at ${hostOf(settings)} responded with status ${String(status)} (check webhook_url and the log of the receiver)`,
  };
}

const CAUSES: Readonly<Record<string, DeliveryFailureCause>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNRESET: 'dropped',
  UND_ERR_SOCKET: 'dropped',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
};

function describe(thrown: unknown, settings: WebhookSettings): DeliveryFailure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const inner = error.cause instanceof Error ? error.cause : error;
  const code = codeOf(inner) ?? '';
  const isTimeout = error.name === 'TimeoutError';
  const reason = isTimeout ? `no response within ${String(settings.timeoutMs)} ms` : inner.message || code;
  // The path of the URL is often a secret, as the user name and password are.
  const { pathname, search, username, password } = new URL(settings.url);
  const secrets = [settings.url, settings.secret ?? '', password, username, `${pathname}${search}`];
  const shown = secrets.filter((secret) => secret.length > 1).reduce(redact, sanitizeText(reason));
  return {
    cause: isTimeout ? 'timeout' : (CAUSES[code] ?? 'other'),
    scope: 'channel',
    message: `cannot reach the webhook at ${hostOf(settings)}: ${shown} (check webhook_url)`,
  };
}

/** Omits the path of the URL, which often contains a secret. */
function hostOf({ url }: WebhookSettings): string {
  return new URL(url).host;
}
