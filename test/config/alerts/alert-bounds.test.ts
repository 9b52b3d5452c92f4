import { describe, expect, test } from 'vitest';
import { alertsSchema, emailSchema } from '../../../src/config/alerts/alerts-config.ts';

const MINIMAL = { smtp_server: 'h', sender_email: 'a@b.c' };

describe('mail settings at their bounds', () => {
  test.each<[object, object]>([
    [{ smtp_port: '1' }, { smtp_port: 1 }],
    [{ smtp_port: '65535' }, { smtp_port: 65_535 }],
    [{ rate_limit_seconds: '0' }, { rate_limit_seconds: 0 }],
    [{ rate_limit_seconds: '86400' }, { rate_limit_seconds: 86_400 }],
    [{ smtp_server: 'mail-1.example.com' }, { smtp_server: 'mail-1.example.com' }],
    [{ smtp_server: '::1' }, { smtp_server: '::1' }],
    [{ receiver_email: "o'neil+x@h" }, { receiver_email: ["o'neil+x@h"] }],
    [{ enabled: 'off' }, { enabled: false }],
    [{ ca_file: '/' }, { ca_file: '/' }],
  ])('%j are valid', (fields, expected) => {
    expect(emailSchema.parse({ ...MINIMAL, ...fields })).toMatchObject(expected);
  });

  test.each<[object, string]>([
    [{ smtp_port: '-1' }, 'write a whole number from 1 to 65535'],
    [{ smtp_port: '' }, 'write a whole number from 1 to 65535'],
    [{ rate_limit_seconds: '-1' }, 'write a whole number from 0 to 86400'],
    [{ smtp_server: '' }, 'write a host name or an IP address'],
    [{ smtp_server: 'h/x' }, 'write a host name or an IP address'],
    [{ sender_email: 'a@b;c' }, 'write a mail address such as name@example.com'],
    [{ sender_email: 'a b@c' }, 'write a mail address such as name@example.com'],
    [{ receiver_email: 'a@b,,c@d' }, 'write a mail address such as name@example.com'],
    [{ receiver_email: '' }, 'write a mail address such as name@example.com'],
    [{ enabled: '' }, 'write true or false'],
  ])('%j are rejected', (fields, message) => {
    const issues = emailSchema.safeParse({ ...MINIMAL, ...fields }).error?.issues ?? [];
    expect([...new Set(issues.map((issue) => issue.message))]).toEqual([message]);
  });
});

describe('the settings of other channels at their bounds', () => {
  test.each<[object, object]>([
    [{ webhook_timeout_seconds: '1' }, { webhook_timeout_seconds: 1 }],
    [{ webhook_timeout_seconds: '300' }, { webhook_timeout_seconds: 300 }],
    [{ webhook_url: 'HTTPS://h/x?y=1' }, { webhook_url: 'HTTPS://h/x?y=1' }],
    [{ desktop_urgency: 'low' }, { desktop_urgency: 'low' }],
  ])('%j are valid', (fields, expected) => {
    expect(alertsSchema.parse(fields)).toMatchObject(expected);
  });

  test.each<[object, string]>([
    [{ webhook_timeout_seconds: '0' }, 'write a whole number from 1 to 300'],
    [{ webhook_timeout_seconds: '301' }, 'write a whole number from 1 to 300'],
    [{ webhook_format: 'xml' }, 'write json, slack, discord, teams or ntfy'],
    [{ desktop_urgency: 'high' }, 'write low, normal or critical'],
    [{ desktop: 'maybe' }, 'write true or false'],
  ])('%j are rejected', (fields, message) => {
    expect(alertsSchema.safeParse(fields).error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});
