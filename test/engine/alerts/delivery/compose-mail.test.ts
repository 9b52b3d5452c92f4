import { expect, test, vi } from 'vitest';
import { composeMail } from '../../../../src/engine/alerts/delivery/compose-mail.ts';
import type { AlertMessage } from '../../../../src/protocol/alert.ts';
import type { EmailSettings } from '../../../../src/protocol/alert-delivery.ts';
import { digest, message } from '../../../support/alerts.ts';
import { parseMail, type StrictMail } from '../../../support/parse-mail.ts';

const SETTINGS: EmailSettings = {
  host: '127.0.0.1',
  port: 25,
  encryption: 'plain',
  caFile: null,
  sender: 'healer@example.com',
  receivers: ['ops@example.com', 'night@example.com'],
  login: null,
};

async function compose(alert: AlertMessage, changes: Partial<EmailSettings> = {}): Promise<StrictMail> {
  const settings = { ...SETTINGS, ...changes };
  return parseMail((await composeMail(alert, settings, settings.receivers)).raw);
}

const LONG = 'x'.repeat(3_000);
const EMOJI = '👩‍👩‍👧 crashed 💥 naïve Ünïcödé 日本語';

test.each<[string, AlertMessage]>([
  ['an alert', message()],
  ['an alert with emoji', message({ subject: EMOJI, process: EMOJI, reason: EMOJI }, [EMOJI])],
  [
    'an alert with long lines',
    message({ subject: LONG, reason: LONG, facts: [['Signal', LONG]] }, [LONG, `${LONG} ${LONG}`]),
  ],
  ['an alert with the longest id', message({ subject: 'a'.repeat(64), process: 'a'.repeat(64) })],
  ['an alert with broken surrogates', message({ subject: 'half \ud83d', reason: '\udca5 half' }, ['\ud83d'])],
  [
    'an alert with control characters',
    message({ reason: 'a\r\n.\r\nQUIT\r\n\x00\x1b[2J' }, ['.', '..', '. ', 'From me', '\x00']),
  ],
  ['an alert without lines', message({ process: null, pid: null, facts: [] }, [])],
  ['a digest', digest(3)],
  ['a digest of 1,000 alerts', digest(1_000)],
])('%s is a valid mail', async (_what, alert) => {
  const mail = await compose(alert);
  expect(mail.problems).toEqual([]);
  expect(mail.isAscii).toBe(true);
  expect(mail.longestLine).toBeLessThanOrEqual(200);
  expect(Object.keys(mail.bodies)).toEqual(['text/plain', 'text/html']);
});

test('the headers say when it happened, that no person wrote it, and that it wants no reply', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T23:00:00Z'), toFake: ['Date'] });
  const mail = await compose(message({ time: '2026-01-01T00:00:00.000Z' })).finally(() => vi.useRealTimers());
  expect(Date.parse(mail.date)).toBe(Date.parse('2026-01-01T00:00:00.000Z'));
  expect(mail.headers).toMatchObject({
    'auto-submitted': 'auto-generated',
    'x-auto-response-suppress': 'All',
    'message-id': '<healer.default.7-abc@build-7>',
    'x-healer-alert': 'crash',
  });
  expect(mail.headers['date']).toMatch(/^Thu, 0?1 Jan 2026 00:00:00 [+]0000$/);
});

test('text arrives as it was written, in both bodies', async () => {
  const { bodies, headers } = await compose(message({ subject: EMOJI, reason: EMOJI }, [LONG, '.', 'From here']));
  expect(headers['subject']).toBe(`[Self-Healing Monitor] Process Crash: ${EMOJI}`);
  for (const body of Object.values(bodies)) for (const text of [EMOJI, LONG, 'From here']) expect(body).toContain(text);
});

test('a mail is dated neither in the future nor long ago if the clock was set', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z'), toFake: ['Date'] });
  try {
    const { date } = await compose(message({ time: '2031-05-05T05:05:05.000Z' }));
    expect(Date.parse(date)).toBe(Date.parse('2026-01-01T00:00:00Z'));
    const old = await compose(message({ time: '1970-01-01T00:05:00.000Z' }));
    expect(Date.parse(old.date)).toBe(Date.parse('2026-01-01T00:00:00Z'));
    const strange = await compose(message({ time: 'yesterday' }));
    expect(Date.parse(strange.date)).toBe(Date.parse('2026-01-01T00:00:00Z'));
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ['special letters', 'bücher', 'bücher_1', /^<healer\.b\.cher\.7-abc@b\.cher\.1>$/],
  ['only dots', 'default', '..', /^<healer\.default\.7-abc@localhost>$/],
  ['long names', 'i'.repeat(300), 'h'.repeat(300), /^<healer\.i{64}\.7-abc@h{64}>$/],
])('the Message-ID of an instance and host with %s is valid', async (_what, instance, host, id) => {
  const mail = await compose({ ...message(), from: { instance, host } });
  expect(mail.headers['message-id']?.trim()).toMatch(id);
  expect(mail.problems).toEqual([]);
});

test('names and international domains are encoded, and quotes in names end no address', async () => {
  const mail = await compose(message(), {
    receivers: ['ops@bücher.example', 'night@example.com'],
    names: {
      'ops@bücher.example': 'Jörg "Ops", Team',
      'night@example.com': 'a@b, <x@y>',
      'healer@example.com': 'Wächter',
    },
  });
  expect(mail.problems).toEqual([]);
  expect(mail.isAscii).toBe(true);
  expect(mail.to).toEqual([
    { name: 'Jörg "Ops", Team', address: 'ops@xn--bcher-kva.example' },
    { name: 'a@b, <x@y>', address: 'night@example.com' },
  ]);
  expect(mail.from).toEqual([{ name: 'Wächter', address: 'healer@example.com' }]);
});
