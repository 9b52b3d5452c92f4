import { describe, expect, test } from 'vitest';
import { alertsSchema, emailSchema, NO_ALERTS, settingsOf } from '../../../src/config/alerts/alerts-config.ts';
import { parseKeyValueLines } from '../../../src/config/alerts/key-value-lines.ts';

describe('a line', () => {
  test.each<[string, string, string, number, number]>([
    ['a=b', 'a', 'b', 1, 3],
    ['a = b', 'a', 'b', 1, 5],
    ['  a: b  ', 'a', 'b', 3, 6],
    ['A_b-C=1', 'a_b-c', '1', 1, 7],
    ['a=', 'a', '', 1, 3],
    ['a = "x y"', 'a', 'x y', 1, 5],
    ["a = 'x'", 'a', 'x', 1, 5],
    ['a = "x', 'a', '"x', 1, 5],
    ['a = "', 'a', '"', 1, 5],
    ['a = ""', 'a', '', 1, 5],
    ['a = x # y', 'a', 'x # y', 1, 5],
    ['a = b = c : d', 'a', 'b = c : d', 1, 5],
    ['\uFEFFa = b', 'a', 'b', 1, 5],
  ])('%j has a key and a value', (line, key, value, keyColumn, valueColumn) => {
    expect(parseKeyValueLines(line)).toEqual([{ key, value, line: 1, keyColumn, valueColumn }]);
  });

  test.each(['', '  ', '# c', '; c', '  # c', '\t'])('%j is skipped', (line) => {
    expect(parseKeyValueLines(line)).toEqual([]);
  });

  test.each([
    ['junk', 1],
    ['  = b', 3],
    ['1a = b', 1],
    ['two words = b', 1],
  ])('%j is a problem in column %d', (line, column) => {
    expect(parseKeyValueLines(`a = b\r\n${line}`)[1]).toEqual({
      line: 2,
      column,
      message: 'this line is not "key = value"',
      hint: 'write "key = value", or start a comment with #',
    });
  });
});

const MINIMAL = { smtp_server: 'h', sender_email: 'a@b.c' };

describe('mail settings', () => {
  test.each<[object, object]>([
    [{}, { port: 587, encryption: 'required', receivers: ['a@b.c'], login: null, caFile: null }],
    [{ smtp_port: '25' }, { port: 25 }],
    [{ receiver_email: 'x@y, z@w;v@u' }, { receivers: ['x@y', 'z@w', 'v@u'] }],
    [{ sender_password: 'p' }, { login: { user: 'a@b.c', password: 'p' } }],
    [{ sender_password: 'p', smtp_username: 'u' }, { login: { user: 'u', password: 'p' } }],
    [{ smtp_username: 'u' }, { login: null }],
    [{ ca_file: '/ca.pem' }, { caFile: '/ca.pem' }],
    [{ ca_file: '' }, { caFile: null }],
    [{ use_ssl: 'no', smtp_server: '::1' }, { encryption: 'plain' }],
    [{ use_ssl: 'no', smtp_server: '127.9.9.9' }, { encryption: 'plain' }],
    [{ use_ssl: 'no', smtp_server: '10.0.0.1' }, { encryption: 'required' }],
  ])('%j result in %j', (fields, expected) => {
    expect(
      settingsOf(emailSchema.parse({ ...MINIMAL, ...fields }), alertsSchema.parse({})).channels.email,
    ).toMatchObject(expected);
  });

  test.each<[object, string]>([
    [{ smtp_port: '0' }, 'write a whole number from 1 to 65535'],
    [{ smtp_port: '65536' }, 'write a whole number from 1 to 65535'],
    [{ smtp_port: '1.5' }, 'write a whole number from 1 to 65535'],
    [{ rate_limit_seconds: '86401' }, 'write a whole number from 0 to 86400'],
    [{ use_ssl: 'maybe' }, 'write true or false'],
    [{ smtp_server: 'a b' }, 'write a host name or an IP address'],
    [{ sender_email: 'nobody' }, 'write a mail address such as name@example.com'],
  ])('%j are rejected', (fields, message) => {
    const messages = emailSchema.safeParse({ ...MINIMAL, ...fields }).error?.issues.map((issue) => issue.message) ?? [];
    expect(new Set(messages)).toEqual(new Set([message]));
  });

  test.each([
    ['0', 0],
    ['60', 60_000],
  ])('a rate limit of %s s is %d ms', (text, expected) => {
    expect(
      settingsOf(emailSchema.parse({ ...MINIMAL, rate_limit_seconds: text }), alertsSchema.parse({})).rateLimitMs,
    ).toBe(expected);
  });
});

describe('other channels', () => {
  test.each<[object, object | null, object | null]>([
    [{}, null, null],
    [{ webhook_url: '' }, null, null],
    [{ webhook_url: 'http://h/x' }, { url: 'http://h/x', secret: null, format: 'json', timeoutMs: 10_000 }, null],
    [
      { webhook_url: 'https://h', webhook_secret: 's', webhook_format: 'slack', webhook_timeout_seconds: '3' },
      { url: 'https://h', secret: 's', format: 'slack', timeoutMs: 3_000 },
      null,
    ],
    [{ desktop: 'yes' }, null, { urgency: 'normal' }],
    [{ desktop: 'true', desktop_urgency: 'critical' }, null, { urgency: 'critical' }],
  ])('%j', (fields, webhook, desktop) => {
    expect(settingsOf(null, alertsSchema.parse(fields))).toEqual({
      channels: { email: null, webhook, desktop },
      rateLimitMs: NO_ALERTS.rateLimitMs,
    });
  });
});
