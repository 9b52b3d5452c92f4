import { describe, expect, test } from 'vitest';
import { webhookBody, MAX_BODY_BYTES } from '../../../../src/engine/alerts/delivery/webhook-body.ts';
import type { AlertMessage } from '../../../../src/protocol/alert.ts';
import { WEBHOOK_FORMATS, type WebhookSettings } from '../../../../src/protocol/alert-delivery.ts';
import { digest, message } from '../../../support/alerts.ts';

const EMOJI = '💥👩‍👩‍👧'.repeat(300);
const LINES = Array.from({ length: 20 }, (_, index) =>
  `line ${index} & <b> ${'``` '.repeat(50)} ${EMOJI}`.slice(0, 1_000),
);

const MESSAGES: readonly (readonly [string, AlertMessage])[] = [
  ['a short alert', message()],
  ['an alert with long output', message({}, LINES)],
  [
    'an alert of emoji',
    message({ subject: EMOJI, process: 'a'.repeat(64), reason: EMOJI, facts: [['Signal', EMOJI]] }, LINES),
  ],
  ['an alert that is escaped', message({ reason: '<&>'.repeat(3_000) }, ['<&>'.repeat(300)])],
  ['a digest of 12', digest(12)],
  ['a digest of 175', digest(175)],
  ['a digest of 2,000', digest(2_000)],
];

function bodyOf(alert: AlertMessage, format: WebhookSettings['format'], url = 'https://h/x') {
  return webhookBody(alert, { format, url }, 0, MAX_BODY_BYTES[format]);
}

/** The text that a person reads, and its documented limit. */
function readable(format: WebhookSettings['format'], text: string): { readonly shown: string; readonly limit: number } {
  if (format === 'ntfy') return { shown: text, limit: 4_096 };
  const body = JSON.parse(text);
  if (format === 'slack') return { shown: body.text, limit: 4_000 };
  if (format === 'discord') return { shown: body.embeds[0].description, limit: 4_096 };
  return { shown: body.attachments[0].content.body[1].text, limit: 28_000 };
}

describe.each(WEBHOOK_FORMATS.filter((format) => format !== 'json'))('in the format of %s', (format) => {
  test.each(MESSAGES)('%s is within the limits, and what is left out is marked', (what, alert) => {
    const { text } = bodyOf(alert, format);
    const { shown, limit } = readable(format, text);
    expect(shown.length).toBeLessThanOrEqual(limit);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_BODY_BYTES[format]);
    expect(Buffer.from(shown).toString()).toBe(shown);
    if (what.includes('long output') || what.includes('emoji')) expect(shown).toContain('…');
    if (alert.form === 'alert') return;
    const missing = alert.alerts.filter(
      ({ process }) => !new RegExp(`\\b${process ?? ''}\\b`).test(shown.replaceAll('\\', '')),
    );
    const omitted = Number(/and (\d+) more programs/.exec(shown)?.[1] ?? 0);
    expect(omitted).toBe(missing.length);
    if (alert.alerts.length <= 175) expect(omitted).toBe(0);
  });
});

test('Slack text has escaped data in one code block', () => {
  const { text } = JSON.parse(bodyOf(message({ reason: '<!channel>' }, ['```', '<@U1>']), 'slack').text);
  expect(text.match(/```/g)).toHaveLength(2);
  expect(text).not.toMatch(/<[!@]/);
});

test("Discord's endpoint for the format of Slack gets at most 2,000 characters", () => {
  const { text } = JSON.parse(bodyOf(digest(175), 'slack', 'https://discord.com/api/webhooks/1/t/slack').text);
  expect(text.length).toBeLessThanOrEqual(2_000);
});

test('Discord mentions no person, and its title and text are within their limits', () => {
  const body = JSON.parse(bodyOf(message({ subject: 'x'.repeat(500), reason: '@everyone <@1>' }), 'discord').text);
  expect(body.allowed_mentions).toEqual({ parse: [] });
  expect(body.embeds[0].title.length).toBeLessThanOrEqual(256);
});

test('Teams gets an Adaptive Card in which data is neither a link nor formatted', () => {
  const body = JSON.parse(bodyOf(message({ reason: '[click](https://evil.example) *bold*' }), 'teams').text);
  const [attachment] = body.attachments;
  expect(attachment.contentType).toBe('application/vnd.microsoft.card.adaptive');
  expect(attachment.content).toMatchObject({
    type: 'AdaptiveCard',
    body: [{ type: 'TextBlock' }, { type: 'TextBlock' }],
  });
  expect(attachment.content.body[1].text).toContain('\\[click\\](https://evil.example) \\*bold\\*');
});

test('ntfy gets plain text, and headers without line breaks', () => {
  const { headers, text } = bodyOf(message({ subject: 'a\r\nX-Evil: 1 💥' }), 'ntfy');
  expect(text).toContain('killed by SIGSEGV');
  expect(headers).toMatchObject({ Priority: 'high', Tags: 'warning' });
  expect(headers['Title']).toMatch(/^=\?UTF-8\?B\?[\w+/=]+\?=$/);
  const title = Buffer.from(headers['Title']?.slice(10, -2) ?? '', 'base64').toString();
  expect(title).toBe('[Self-Healing Monitor] Process Crash: a X-Evil: 1 💥');
});
