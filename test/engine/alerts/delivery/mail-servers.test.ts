import { hostname } from 'node:os';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { sendMail, verifyMail } from '../../../../src/engine/alerts/delivery/send-mail.ts';
import type { SmtpLimits, SmtpStage } from '../../../../src/engine/alerts/delivery/smtp-dialog.ts';
import type { DeliveryFailure, EmailSettings } from '../../../../src/protocol/alert-delivery.ts';
import { message } from '../../../support/alerts.ts';
import { localhostTls } from '../../../support/certificates.ts';
import { startMailServer } from '../../../support/mail-server.ts';
import { parseMail } from '../../../support/parse-mail.ts';
import { type SmtpScript, startScriptedMailServer } from '../../../support/scripted-mail-server.ts';

const LIMITS: SmtpLimits = {
  connection: 2_000,
  greeting: 1_000,
  login: 1_000,
  envelope: 1_000,
  message: 1_000,
  confirmation: 1_000,
};
const GENEROUS: SmtpLimits = { ...LIMITS, greeting: 20_000, login: 20_000, envelope: 20_000, confirmation: 20_000 };

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

const THREE = { receivers: ['a@example.com', 'b@example.com', 'c@example.com'] };
const LOGIN = { login: { user: 'healer', password: 'open sesame' } };

/** Repeats a line for as long as the client is connected. */
function keepTalking(socket: Socket, line: string): void {
  const timer = setInterval(() => socket.write(line), 20);
  socket.on('close', () => clearInterval(timer));
}

describe('a server that does not finish a step', () => {
  test.each<[string, SmtpScript, Partial<EmailSettings>, DeliveryFailure['cause']]>([
    ['the greeting', { onConnect: () => undefined }, {}, 'timeout'],
    ['a greeting of many lines', { onConnect: (socket) => keepTalking(socket, '220-still here\r\n') }, {}, 'timeout'],
    ['a greeting line', { onConnect: (socket) => keepTalking(socket, '220 no end') }, {}, 'timeout'],
    ['the answer to EHLO', { answer: (command) => (command.startsWith('EHLO') ? null : undefined) }, {}, 'timeout'],
    [
      'the answer to EHLO, of many lines',
      {
        answer: (command, socket) => {
          if (!command.startsWith('EHLO')) return undefined;
          keepTalking(socket, '250-X-MORE\r\n');
          return null;
        },
      },
      {},
      'timeout',
    ],
    [
      'the login',
      { answer: (command) => answerTo(command, /^AUTH/, null, '250-x\r\n250 AUTH PLAIN') },
      LOGIN,
      'timeout',
    ],
    ['the answer to MAIL', { answer: (command) => (command.startsWith('MAIL') ? null : undefined) }, {}, 'timeout'],
    ['the answer to RCPT', { answer: (command) => (command.startsWith('RCPT') ? null : undefined) }, {}, 'timeout'],
    ['the answer to DATA', { answer: (command) => (command.startsWith('DATA') ? null : undefined) }, {}, 'timeout'],
    ['the confirmation', { answer: (command) => (command === '.' ? null : undefined) }, {}, 'unconfirmed'],
    [
      'the confirmation, of many lines',
      {
        answer: (command, socket) => {
          if (command !== '.') return undefined;
          keepTalking(socket, '250-thinking\r\n');
          return null;
        },
      },
      {},
      'unconfirmed',
    ],
  ])('is left after the time for the step: %s', async (_what, script, changes, cause) => {
    await using server = await startScriptedMailServer(script);
    const failure = await sendMail(message(), settings(server.port, changes), { limits: LIMITS });
    expect(failure).toMatchObject({ cause, scope: 'channel' });
    expect(server.connections()).toBe(1);
  });

  test('is left after a megabyte of an answer', async () => {
    const lines = `220-${'x'.repeat(500)}\r\n`.repeat(100);
    await using server = await startScriptedMailServer({ onConnect: (socket) => keepTalking(socket, lines) });
    expect(await sendMail(message(), settings(server.port), { limits: GENEROUS })).toMatchObject({ scope: 'channel' });
  });

  test('is waited for if it only answers late', async () => {
    const late = (socket: Socket, text: string): null => {
      setTimeout(() => socket.write(`${text}\r\n`), 700);
      return null;
    };
    await using server = await startScriptedMailServer({
      answer: (command, socket) =>
        command === '.' || /^(MAIL|RCPT)/.test(command) ? late(socket, '250 ok') : undefined,
    });
    const stages: SmtpStage[] = [];
    const onStage = (stage: SmtpStage): void => void stages.push(stage);
    expect(await sendMail(message(), settings(server.port), { limits: GENEROUS, onStage })).toBeNull();
    expect(stages).toEqual(['connection', 'greeting', 'envelope', 'message', 'confirmation']);
  });

  test.each([
    ['before the message was sent, the attempt ends', /^RCPT/, 'other'],
    ['while only the confirmation is missing, it is waited for', /^\.$/, null],
  ])('if the settings change %s', async (_what, step, cause) => {
    const abort = new AbortController();
    await using server = await startScriptedMailServer({
      answer: (command, socket) => {
        if (!step.test(command)) return undefined;
        abort.abort();
        setTimeout(() => socket.write('250 ok\r\n'), 500);
        return null;
      },
    });
    const failure = await sendMail(message(), settings(server.port), { limits: GENEROUS, signal: abort.signal });
    expect(failure?.cause ?? null).toBe(cause);
  });
});

function answerTo(command: string, step: RegExp, answer: string | null, hello?: string): string | null | undefined {
  if (step.test(command)) return answer;
  return hello !== undefined && command.startsWith('EHLO') ? hello : undefined;
}

describe('each answer has its own consequence', () => {
  test.each<[string, SmtpScript, Partial<EmailSettings>, Partial<DeliveryFailure>]>([
    ['421 as a greeting', { greeting: '421 too busy' }, {}, { cause: 'dropped', scope: 'channel' }],
    ['554 as a greeting', { greeting: '554 no' }, {}, { scope: 'channel' }],
    ['something that is not SMTP', { greeting: 'HTTP/1.1 400 Bad Request' }, {}, { scope: 'channel' }],
    ['421 to MAIL', { answer: (c) => answerTo(c, /^MAIL/, '421 closing') }, {}, { cause: 'dropped', scope: 'channel' }],
    ['421 to RCPT', { answer: (c) => answerTo(c, /^RCPT/, '421 closing') }, {}, { cause: 'dropped', scope: 'channel' }],
    ['421 after the dot', { answer: (c) => answerTo(c, /^\.$/, '421 closing') }, {}, { scope: 'channel' }],
    ['550 to MAIL', { answer: (c) => answerTo(c, /^MAIL/, '550 who?') }, {}, { cause: 'rejected', scope: 'message' }],
    [
      '554 after the dot',
      { answer: (c) => answerTo(c, /^\.$/, '554 spam') },
      {},
      { cause: 'rejected', scope: 'message' },
    ],
    ['452 after the dot', { answer: (c) => answerTo(c, /^\.$/, '452 full') }, {}, { scope: 'message' }],
    ['554 to DATA', { answer: (c) => answerTo(c, /^DATA/, '554 no') }, {}, { cause: 'rejected', scope: 'message' }],
    [
      'a login that is put off',
      { answer: (c) => answerTo(c, /^AUTH/, '454 4.7.0 too many logins', '250-x\r\n250 AUTH PLAIN') },
      LOGIN,
      { cause: 'temporary', scope: 'channel' },
    ],
    [
      'a login that is refused',
      { answer: (c) => answerTo(c, /^AUTH/, '535 5.7.8 no', '250-x\r\n250 AUTH LOGIN') },
      LOGIN,
      { cause: 'authentication', scope: 'channel' },
    ],
    [
      'a server that only knows tokens',
      { answer: (c) => answerTo(c, /^AUTH/, '504 unknown mechanism', '250-x\r\n250 AUTH XOAUTH2') },
      LOGIN,
      { cause: 'authentication', message: expect.stringContaining('app password') },
    ],
    [
      'STARTTLS that is refused',
      { answer: (c) => answerTo(c, /^STARTTLS/, '454 not now', '250-x\r\n250 STARTTLS') },
      { encryption: 'required' },
      { cause: 'encryption', scope: 'channel' },
    ],
    [
      'STARTTLS that is followed by plain text',
      { answer: (c) => answerTo(c, /^STARTTLS/, '220 go\r\n250 injected', '250-x\r\n250 STARTTLS') },
      { encryption: 'required' },
      { scope: 'channel' },
    ],
  ])('%s', async (_what, script, changes, expected) => {
    await using server = await startScriptedMailServer(script);
    const failure = await sendMail(message(), settings(server.port, changes), { limits: LIMITS });
    expect(failure).toMatchObject(expected);
    expect(failure?.message).not.toContain('open sesame');
  });
});

describe('of several receivers', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[], DeliveryFailure['cause']]>([
    ['one refused', { 'b@': '550 5.1.1 no such user' }, ['a@example.com', 'c@example.com'], 'rejected'],
    ['one greylisted', { 'a@': '451 4.7.1 greylisted' }, ['b@example.com', 'c@example.com'], 'temporary'],
    ['one refused and one greylisted', { 'a@': '451 later', 'c@': '550 no' }, ['b@example.com'], 'rejected'],
    ['all greylisted', { '': '450 later' }, [], 'temporary'],
    ['all refused', { '': '550 no' }, [], 'rejected'],
  ])('%s: the others get the mail, and the answers are reported', async (_what, answers, accepted, cause) => {
    await using server = await startScriptedMailServer({
      answer: (command) => {
        if (!command.startsWith('RCPT')) return undefined;
        return Object.entries(answers).find(([start]) => command.includes(`<${start}`))?.[1];
      },
    });
    const failure = await sendMail(message(), settings(server.port, THREE), { limits: LIMITS });
    expect(failure).toMatchObject({ cause, scope: 'message', receivers: { accepted } });
    const refused = THREE.receivers.filter((address) => !accepted.includes(address));
    expect(failure?.receivers?.refused.map(({ address }) => address)).toEqual(refused);
    for (const address of refused) expect(failure?.message).toContain(address);
    expect(server.messages).toHaveLength(accepted.length === 0 ? 0 : 1);
  });

  test('only those that are due get a mail, whose header names all', async () => {
    await using server = await startScriptedMailServer();
    const options = { limits: LIMITS, receivers: ['b@example.com'] };
    expect(await sendMail(message(), settings(server.port, THREE), options)).toBeNull();
    expect(server.commands.filter((command) => command.startsWith('RCPT'))).toEqual(['RCPT TO:<b@example.com>']);
    const mail = parseMail(Buffer.from(`${server.messages[0] ?? ''}\r\n`));
    expect(mail.to.map(({ address }) => address)).toEqual(THREE.receivers);
  });
});

describe('an address with characters beyond ASCII', () => {
  const INTERNATIONAL = { receivers: ['jörg@bücher.example', 'ops@example.com'] };

  test('is sent to a server that supports SMTPUTF8', async () => {
    await using server = await startScriptedMailServer({
      answer: (command) => (command.startsWith('EHLO') ? '250-test\r\n250-8BITMIME\r\n250 SMTPUTF8' : undefined),
    });
    expect(await sendMail(message(), settings(server.port, INTERNATIONAL), { limits: LIMITS })).toBeNull();
    expect(server.commands.find((command) => command.startsWith('MAIL'))).toContain(' SMTPUTF8');
    expect(server.commands).toContain('RCPT TO:<jörg@bücher.example>');
  });

  test('is refused with the reason if the server does not, and the others get the mail', async () => {
    await using server = await startScriptedMailServer();
    const failure = await sendMail(message(), settings(server.port, INTERNATIONAL), { limits: LIMITS });
    expect(failure).toMatchObject({ receivers: { accepted: ['ops@example.com'] } });
    expect(failure?.message).toContain('jörg@bücher.example: the server does not support SMTPUTF8');
    expect(server.messages[0]).toMatch(/^[\x20-\x7e\r\n]*$/);
    expect(server.messages[0]).not.toContain('bcher');
  });

  test('as the sender is a failure of all mail', async () => {
    await using server = await startScriptedMailServer();
    const failure = await sendMail(message(), settings(server.port, { sender: 'wächter@example.com' }), {
      limits: LIMITS,
    });
    expect(failure?.message).toContain('wächter@example.com');
    expect(server.messages).toEqual([]);
  });

  test('only in its domain needs no support of the server', async () => {
    await using server = await startScriptedMailServer();
    const to = settings(server.port, { receivers: ['ops@bücher.example'] });
    expect(await sendMail(message(), to, { limits: LIMITS })).toBeNull();
    expect(server.commands).toContain('RCPT TO:<ops@xn--bcher-kva.example>');
  });
});

describe('the server is found', () => {
  test('through the resolver of the system, which knows /etc/hosts', async () => {
    await using server = await startScriptedMailServer({ host: '::' });
    expect(await sendMail(message(), settings(server.port, { host: hostname() }), { limits: LIMITS })).toBeNull();
  });

  test('if it only listens on IPv6', async () => {
    await using server = await startScriptedMailServer({ host: '::1' });
    expect(await sendMail(message(), settings(server.port, { host: '::1' }), { limits: LIMITS })).toBeNull();
  });

  test('refused at all of its addresses, with the reason', async () => {
    const server = await startScriptedMailServer();
    await server[Symbol.asyncDispose]();
    const failure = await sendMail(message(), settings(server.port, { host: 'localhost' }), { limits: LIMITS });
    expect(failure).toMatchObject({ cause: 'refused', message: expect.stringContaining('ECONNREFUSED') });
  });
});

test('the certificates of the system are used, as OpenSSL finds them', async () => {
  await using server = await startMailServer({ disabledCommands: [], authOptional: true, ...localhostTls() });
  const named = settings(server.port, { encryption: 'required', host: hostname() });
  expect(await sendMail(message(), named)).toMatchObject({ cause: expect.stringMatching(/certificate|refused/) });
});

test('a login that the server does not offer is reported, and a server without TLS elsewhere is explained', async () => {
  await using server = await startScriptedMailServer({
    host: '::',
    answer: (command) => answerTo(command, /^STARTTLS/, '454 TLS not available'),
  });
  const notes: string[] = [];
  const onNote = (note: string): void => void notes.push(note);
  expect(await verifyMail(settings(server.port, LOGIN), { limits: LIMITS, onNote })).toBeNull();
  expect(notes).toEqual(['the server offers no login, so sender_password is neither checked nor used']);
  const elsewhere = settings(server.port, { host: hostname(), encryption: 'required', isSslWanted: false });
  const failure = await sendMail(message(), { ...elsewhere, port: server.port }, { limits: LIMITS });
  expect(failure?.message).toContain('allow_unencrypted');
});
