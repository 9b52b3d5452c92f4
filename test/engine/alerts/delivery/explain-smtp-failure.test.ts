import { expect, test } from 'vitest';
import { explainSmtpFailure, redact } from '../../../../src/engine/alerts/delivery/explain-smtp-failure.ts';
import type { DeliveryFailureCause, EmailSettings } from '../../../../src/protocol/alert-delivery.ts';

const SETTINGS: EmailSettings = {
  host: 'mail.example.com',
  port: 587,
  encryption: 'required',
  caFile: null,
  sender: 'healer@example.com',
  receivers: ['ops@example.com'],
  login: { user: 'healer', password: 'open sesame' },
};

function failWith(message: string, fields: object = {}) {
  return explainSmtpFailure(Object.assign(new Error(message), fields), SETTINGS);
}

test.each<[string, object, DeliveryFailureCause]>([
  ['Invalid login: 535 5.7.8', { code: 'EAUTH', responseCode: 535 }, 'authentication'],
  ['Missing credentials', { code: 'ENOAUTH' }, 'authentication'],
  ['530 authentication required', { code: 'EENVELOPE', responseCode: 530 }, 'authentication'],
  ['530 Must issue a STARTTLS command first', { code: 'EENVELOPE', responseCode: 530 }, 'encryption'],
  ['getaddrinfo ENOTFOUND mail.example.com', { code: 'EDNS' }, 'dns'],
  ['getaddrinfo EAI_AGAIN mail.example.com', {}, 'dns'],
  ['connect ECONNREFUSED 127.0.0.1:587', { code: 'ESOCKET' }, 'refused'],
  ['connect EHOSTUNREACH 10.0.0.1:587', { code: 'ESOCKET' }, 'refused'],
  ['Connection timeout', { code: 'ETIMEDOUT' }, 'timeout'],
  ['Greeting never received: timed out', {}, 'timeout'],
  ['read ECONNRESET', { code: 'ECONNECTION' }, 'dropped'],
  ['421 service shutting down', { code: 'EENVELOPE', responseCode: 421 }, 'dropped'],
  ['self-signed certificate', { code: 'ESOCKET' }, 'certificate'],
  ["Hostname/IP does not match certificate's altnames", { code: 'ESOCKET' }, 'certificate'],
  ['SSL routines:ssl3_get_record:wrong version number', { code: 'ESOCKET' }, 'encryption'],
  ['STARTTLS not available', { code: 'ETLS' }, 'encryption'],
  ['550 no such user', { code: 'EENVELOPE', responseCode: 550 }, 'rejected'],
  ['552 message too large', { code: 'EMESSAGE', responseCode: 552 }, 'rejected'],
  ['451 greylisted', { responseCode: 451 }, 'rejected'],
  ['anything else', {}, 'other'],
])('%j %j has the cause "%s"', (message, fields, cause) => {
  const failure = failWith(message, fields);
  expect(failure.cause).toBe(cause);
  expect(failure.scope).toBe(cause === 'rejected' ? 'message' : 'channel');
  expect(failure.message).toContain(`cannot send mail through mail.example.com:587: ${message} (`);
});

test('a value that is not an error is reported as text', () => {
  expect(explainSmtpFailure('strange', SETTINGS).message).toContain(': strange (see the log of the server)');
});

test('the response of the server is limited, sanitized and free of the password', () => {
  const { message } = failWith(`open sesame \x1b[31m${'x'.repeat(1_000)}`);
  expect(message).toContain('***');
  expect(message).not.toContain('open sesame');
  expect(message).not.toContain('\x1b');
  expect(message.length).toBeLessThan(500);
});

test.each([
  ['AUTH open sesame failed', 'AUTH *** failed'],
  [`AUTH ${Buffer.from('open sesame').toString('base64')} failed`, 'AUTH *** failed'],
  ['user=open%20sesame', 'user=***'],
  ['open sesame open sesame', '*** ***'],
  ['nothing secret', 'nothing secret'],
])('in %j the secret is removed: %j', (text, clean) => {
  expect(redact(text, 'open sesame')).toBe(clean);
});

test('without a secret the text is not changed', () => {
  expect(redact('text', '')).toBe('text');
});
