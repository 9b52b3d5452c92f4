import { cutBytes } from '../../../base/cut-bytes.ts';
import { cutText } from '../../../base/cut-text.ts';
import { sanitizeText } from '../../../base/sanitize-text.ts';
import { type Alert, type AlertMessage, messageId } from '../../../protocol/alert.ts';
import type { WebhookSettings } from '../../../protocol/alert-delivery.ts';
import { fitMessage, lastLines, mostThatFit } from './fit-message.ts';
import { partsOf } from './message-text.ts';
import { subjectLine } from './subject-line.ts';

/** A request to a receiver. Long digests need several. */
export interface WebhookBody {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The number of alerts of the message that earlier requests sent. */
  readonly from: number;
  /** The number of alerts that were sent, including those of this request. */
  readonly sentAlerts: number;
}

type Format = WebhookSettings['format'];

/**
 * The largest body of each format in bytes, by the documentation of the services. Many receivers of JSON accept 100 kB, such as
 * those that use Express; Teams accepts 28 KB, and ntfy turns more than 4,096 bytes into an attachment.
 */
export const MAX_BODY_BYTES: Readonly<Record<Format, number>> = {
  json: 90_000,
  slack: 90_000,
  discord: 90_000,
  teams: 26_000,
  ntfy: 4_000,
};

/** Slack recommends at most 4,000 characters of text. */
const SLACK_CHARS = 4_000;
/** The limit of a Discord message, which its endpoint for Slack's format has. */
const DISCORD_CHARS = 2_000;
/** The limits of an embed of Discord. */
const EMBED_TITLE_CHARS = 256;
const EMBED_CHARS = 4_096;

/**
 * Returns the next request of a message, of at most `maxBytes`. `sentAlerts`: how many alerts of a digest were sent before.
 * Only our own JSON is split into several requests; texts are shortened.
 */
export function webhookBody(
  message: AlertMessage,
  { format, url }: Pick<WebhookSettings, 'format' | 'url'>,
  sentAlerts: number,
  maxBytes: number,
): WebhookBody {
  const count = message.form === 'alert' ? 1 : message.alerts.length;
  const textual = { headers: JSON_TYPE, from: 0, sentAlerts: count };
  switch (format) {
    case 'json':
      return jsonBody(message, sentAlerts, maxBytes);
    case 'slack':
      return { ...textual, text: slackBody(message, slackLimit(url), maxBytes) };
    case 'discord':
      return { ...textual, text: discordBody(message, maxBytes) };
    case 'teams':
      return { ...textual, text: teamsBody(message, maxBytes) };
    case 'ntfy':
      return { ...textual, ...ntfyBody(message, maxBytes) };
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

function jsonBody(message: AlertMessage, sentAlerts: number, maxBytes: number): WebhookBody {
  const { from } = message;
  const common = { id: messageId(message), subject: subjectLine(message), ...from };
  if (message.form === 'alert') {
    const text = fittingJson(message.alert, maxBytes, (alert, [lines, chars]) => ({
      ...common,
      ...alert,
      subject: common.subject,
      lines: lastLines(message.lines, lines, chars).map(sanitizeText),
    }));
    return { text, headers: JSON_TYPE, from: 0, sentAlerts: 1 };
  }
  const rest = message.alerts.slice(sentAlerts);
  const bodyOf = (alerts: readonly Alert[]): string => {
    const isWhole = alerts.length === message.alerts.length;
    const part = isWhole
      ? {}
      : { part: { from: sentAlerts + 1, to: sentAlerts + alerts.length, of: message.alerts.length } };
    return JSON.stringify({ ...common, kind: 'digest', ...part, alerts });
  };
  const count = mostThatFit(rest.length, (number) => isWithin(bodyOf(rest.slice(0, number)), maxBytes));
  const [first] = rest;
  const text =
    count > 0 || first === undefined
      ? bodyOf(rest.slice(0, count))
      : fittingJson(first, maxBytes, (alert) => JSON.parse(bodyOf([alert])) as object);
  return { text, headers: JSON_TYPE, from: sentAlerts, sentAlerts: sentAlerts + Math.max(1, count) };
}

type LineCut = readonly [lines: number, chars: number];

/** Shortens the output, then all texts of an alert, until its JSON fits. */
function fittingJson(alert: Alert, maxBytes: number, bodyOf: (alert: Alert, cut: LineCut) => object): string {
  const attempts: readonly (readonly [Alert, LineCut])[] = [
    [alert, [Infinity, Infinity]],
    [alert, [20, 200]],
    [alert, [5, 200]],
    [shortened(alert, 1_000, 10), [5, 200]],
    [shortened(alert, 200, 5), [0, 0]],
  ];
  const texts = attempts.map(([each, cut]) => JSON.stringify(bodyOf(each, cut)));
  return texts.find((text) => isWithin(text, maxBytes)) ?? texts.at(-1) ?? '';
}

function shortened(alert: Alert, chars: number, count: number): Alert {
  return {
    ...alert,
    reason: cutText(alert.reason, chars),
    facts: alert.facts.slice(0, count).map(([label, value]) => [cutText(label, chars), cutText(value, chars)]),
    done: alert.done.slice(-count).map((sentence) => cutText(sentence, chars)),
  };
}

function isWithin(text: string, maxBytes: number): boolean {
  return Buffer.byteLength(text) <= maxBytes;
}

function slackLimit(url: string): number {
  return /(^|\.)discord(app)?\.com$/.test(new URL(url).hostname) ? DISCORD_CHARS : SLACK_CHARS;
}

const FENCE = '```';

/** Text in a code block, which a fence in the text must not end. */
function fenced(text: string): string {
  return `${FENCE}\n${text.replaceAll(FENCE, "'''").trimEnd()}\n${FENCE}`;
}

/** The format of Slack, Mattermost, Rocket.Chat and Discord's /slack endpoint. */
function slackBody(message: AlertMessage, maxChars: number, maxBytes: number): string {
  const head = `*${escapeSlack(subjectLine(message))}*\n${escapeSlack(cutText(partsOf(message).summary, 500))}\n`;
  const textWith = (details: string): string => `${head}${fenced(escapeSlack(details))}`;
  const bodyOf = (details: string): string => JSON.stringify({ text: textWith(details) });
  return bodyOf(
    fitMessage(message, (details) => textWith(details).length <= maxChars && isWithin(bodyOf(details), maxBytes)),
  );
}

function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An embed, in which program data can mention no person. */
function discordBody(message: AlertMessage, maxBytes: number): string {
  const title = cutText(subjectLine(message), EMBED_TITLE_CHARS);
  const bodyOf = (details: string): string =>
    JSON.stringify({
      username: 'healer',
      allowed_mentions: { parse: [] },
      embeds: [{ title, description: fenced(details) }],
    });
  return bodyOf(
    fitMessage(message, (details) => fenced(details).length <= EMBED_CHARS && isWithin(bodyOf(details), maxBytes)),
  );
}

/** An Adaptive Card, as the workflows of Teams accept it. */
function teamsBody(message: AlertMessage, maxBytes: number): string {
  const block = (text: string, more: object): object => ({ type: 'TextBlock', text, wrap: true, ...more });
  const bodyOf = (details: string): string =>
    JSON.stringify({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              block(escapeMarkdown(subjectLine(message)), { weight: 'Bolder', size: 'Medium' }),
              // Two line breaks are needed for one.
              block(escapeMarkdown(details).replaceAll('\n', '\n\n'), { fontType: 'Monospace' }),
            ],
          },
        },
      ],
    });
  return bodyOf(fitMessage(message, (details) => isWithin(bodyOf(details), maxBytes)));
}

/** Keeps program data from becoming links or formatting. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, String.raw`\$&`);
}

/** The text of a notification; its title is a header. */
function ntfyBody(message: AlertMessage, maxBytes: number): Pick<WebhookBody, 'text' | 'headers'> {
  const text = fitMessage(message, (details) => isWithin(details, maxBytes));
  const isGood = message.form === 'alert' && /^(recovered|engine-recovered)$/.test(message.alert.kind);
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    Title: encodeHeader(cutBytes(subjectLine(message), 180)),
    Priority: isGood ? 'default' : 'high',
    Tags: isGood ? 'white_check_mark' : 'warning',
  };
  return { text, headers };
}

/** Headers are ASCII; ntfy decodes other characters as mail does (RFC 2047). */
function encodeHeader(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}
