import { expect, test } from 'vitest';
import { sendMail, verifyMail } from '../../../../src/engine/alerts/delivery/send-mail.ts';
import type { EmailSettings } from '../../../../src/protocol/alert-delivery.ts';
import { digest, message } from '../../../support/alerts.ts';
import { LOCALHOST_CERTIFICATE, localhostTls, STRANGERS_CERTIFICATE } from '../../../support/certificates.ts';
import { type Cut, startCuttingProxy } from '../../../support/cutting-proxy.ts';
import { startMailServer } from '../../../support/mail-server.ts';

const PASSWORD = 'open sesame';

function settings(port: number, changes: Partial<EmailSettings> = {}): EmailSettings {
  return {
    host: '127.0.0.1',
    port,
    encryption: 'plain',
    caFile: null,
    sender: 'healer@example.com',
    receivers: ['ops@example.com'],
    login: null,
    ...changes,
  };
}

const LOGIN = { user: 'healer@example.com', password: PASSWORD };

function onlyWith(password: string): Parameters<typeof startMailServer>[0] {
  return {
    authOptional: false,
    onAuth: (auth, _session, done) => {
      if (auth.password === password) done(null, { user: 'healer' });
      else done(new Error(`Invalid login ${auth.password ?? ''}`));
    },
  };
}

test('a mail has the subject, both bodies, all receivers and a stable id', async () => {
  await using server = await startMailServer();
  const to = settings(server.port, { receivers: ['ops@example.com', 'night@example.com'] });
  expect(await sendMail(message(), to)).toBeNull();
  expect(await sendMail(message(), to)).toBeNull();
  const [mail, again] = server.mails;
  expect(mail?.subject).toBe('[Self-Healing Monitor] Process Crash: web');
  expect(mail?.from).toEqual({ name: 'healer', address: 'healer@example.com' });
  expect(mail?.to?.map(({ address }) => address)).toEqual(to.receivers);
  expect(mail?.text).toContain('| listening on 8080');
  expect(mail?.html).toContain('<h1');
  expect(mail?.messageId).toBe('<healer.default.7-abc@build-7>');
  expect(again?.messageId).toBe(mail?.messageId);
});

test('neither a name nor a log line can inject a header', async () => {
  await using server = await startMailServer();
  const evil = 'web\r\nBcc: thief@example.com\r\n\r\n<script>alert(1)</script>\x1b[31m';
  const hostile = message({ subject: evil, process: evil, reason: evil, facts: [['Signal', evil]] }, [
    evil,
    '.',
    'DATA',
  ]);
  expect(await sendMail(hostile, settings(server.port))).toBeNull();
  const mail = server.mails[0]!;
  expect(mail.bcc ?? []).toEqual([]);
  expect(mail.headers.map(({ key }) => key)).not.toContain('bcc');
  expect(mail.subject).toContain('web Bcc: thief@example.com');
  expect(mail.html).not.toContain('<script>');
  // eslint-disable-next-line no-control-regex -- control characters are the subject
  expect(`${mail.subject}${mail.text}${mail.html}`).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  expect(server.mails).toHaveLength(1);
});

test('a digest names every program', async () => {
  await using server = await startMailServer();
  expect(await sendMail(digest(200), settings(server.port))).toBeNull();
  const text = server.mails[0]?.text ?? '';
  for (let index = 0; index < 200; index += 1) expect(text).toMatch(new RegExp(`\\bworker-${index}\\b`));
});

test.each<[Cut]>([['connect'], ['EHLO'], ['MAIL'], ['RCPT'], ['DATA'], ['body']])(
  'a connection that breaks at "%s" is a failure of the channel, and the next attempt delivers one mail',
  async (cut) => {
    await using server = await startMailServer();
    await using proxy = await startCuttingProxy(server.port, [cut]);
    const failure = await sendMail(message(), settings(proxy.port));
    expect(failure).toMatchObject({ scope: 'channel' });
    expect(proxy.done).toEqual([cut]);
    expect(await sendMail(message(), settings(proxy.port))).toBeNull();
    expect(server.messageIds()).toHaveLength(1);
  },
);

test('a mail is sent again with the same id if the response of the server was lost', async () => {
  await using server = await startMailServer();
  await using proxy = await startCuttingProxy(server.port, ['accepted']);
  expect(await sendMail(message(), settings(proxy.port))).toMatchObject({ scope: 'channel' });
  expect(await sendMail(message(), settings(proxy.port))).toBeNull();
  expect(new Set(server.messageIds()).size).toBe(1);
});

test('the login is sent to a server that requires one', async () => {
  await using server = await startMailServer(onlyWith(PASSWORD));
  expect(await verifyMail(settings(server.port, { login: LOGIN }))).toBeNull();
  expect(await sendMail(message(), settings(server.port, { login: LOGIN }))).toBeNull();
  expect(server.mails).toHaveLength(1);
});

test('a wrong password is reported without repeating it', async () => {
  await using server = await startMailServer(onlyWith('something else'));
  const failure = await verifyMail(settings(server.port, { login: LOGIN }));
  expect(failure).toMatchObject({ cause: 'authentication', scope: 'channel' });
  expect(failure?.message).toContain('sender_password');
  expect(failure?.message).not.toContain(PASSWORD);
});

test('without a login, a server that requires one is a failure of authentication', async () => {
  await using server = await startMailServer(onlyWith(PASSWORD));
  expect(await sendMail(message(), settings(server.port))).toMatchObject({ cause: 'authentication' });
});

const TLS = { disabledCommands: [], authOptional: true };

test.each([
  ['STARTTLS', { ...TLS }],
  ['implicit TLS', { ...TLS, secure: true }],
])('with use_ssl a mail is sent over %s', async (_name, options) => {
  let isEncrypted = false;
  await using server = await startMailServer({
    ...options,
    onMailFrom: (_address, session, done) => {
      isEncrypted = session.secure;
      done();
    },
  });
  expect(await sendMail(message(), settings(server.port, { encryption: 'required' }))).toBeNull();
  expect(isEncrypted).toBe(true);
  expect(server.mails).toHaveLength(1);
});

test('with use_ssl nothing is sent unencrypted, least of all the password', async () => {
  const seen: string[] = [];
  await using server = await startMailServer({
    ...onlyWith(PASSWORD),
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, done) => {
      seen.push(auth.password ?? '');
      done(null, { user: 'healer' });
    },
  });
  const failure = await sendMail(message(), settings(server.port, { encryption: 'required', login: LOGIN }));
  expect(failure).toMatchObject({ cause: 'encryption', scope: 'channel' });
  expect(seen).toEqual([]);
  expect(server.mails).toEqual([]);
});

test('a certificate is verified against ca_file', async () => {
  await using server = await startMailServer({ ...TLS, ...localhostTls() });
  const named = settings(server.port, { encryption: 'required', caFile: LOCALHOST_CERTIFICATE });
  expect(await sendMail(message(), named)).toBeNull();
  const failure = await sendMail(message(), { ...named, caFile: STRANGERS_CERTIFICATE });
  expect(failure).toMatchObject({ cause: 'certificate', scope: 'channel' });
  expect(failure?.message).toContain('ca_file');
});

test('a refused connection and an unknown host name are reported with their cause', async () => {
  const server = await startMailServer();
  await server[Symbol.asyncDispose]();
  const refused = await sendMail(message(), settings(server.port));
  expect(refused).toMatchObject({ cause: 'refused', scope: 'channel' });
  const unknown = await sendMail(message(), settings(25, { host: 'mail.invalid' }));
  expect(unknown?.cause).toMatch(/dns|timeout/);
});

test('a rejected receiver affects only this message', async () => {
  await using server = await startMailServer({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('no such user'), { responseCode: 550 })),
  });
  expect(await sendMail(message(), settings(server.port))).toMatchObject({ cause: 'rejected', scope: 'message' });
});
