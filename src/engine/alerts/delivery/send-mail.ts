import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import nodemailer from 'nodemailer';
import { type AlertMessage, messageId } from '../../../protocol/alert.ts';
import type { DeliveryFailure, EmailSettings } from '../../../protocol/alert-delivery.ts';
import { subjectLine } from './subject-line.ts';
import { explainSmtpFailure } from './explain-failure.ts';
import { renderHtml } from './message-html.ts';
import { renderText } from './message-text.ts';

type Smtp = ReturnType<typeof createSmtp>;

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;
/** The port on which TLS comes first; elsewhere STARTTLS is the custom. */
const SMTPS_PORT = 465;
const USUAL_STARTTLS_PORTS = [25, 587, 2525];

/** Sends one mail; null when the server took it. */
export function sendMail(message: AlertMessage, settings: EmailSettings): Promise<DeliveryFailure | null> {
  return overSmtp(settings, async (smtp) => {
    await smtp.sendMail({
      from: { name: 'healer', address: settings.sender },
      to: settings.receivers.map((address) => ({ name: '', address })),
      subject: subjectLine(message),
      text: renderText(message),
      html: renderHtml(message),
      date: message.form === 'alert' ? message.alert.time : (message.alerts[0]?.time ?? ''),
      // The same at each try, so that a mail whose acceptance got lost can be told from a new one.
      messageId: messageIdOf(message),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Healer-Alert': kindOf(message) },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  });
}

/** Connects and logs in; null when that works. */
export function verifyMail(settings: EmailSettings): Promise<DeliveryFailure | null> {
  return overSmtp(settings, async (smtp) => {
    await smtp.verify();
  });
}

function messageIdOf(message: AlertMessage): string {
  const host = message.from.host.replace(/[^A-Za-z0-9.-]/g, '') || 'localhost';
  return `<healer.${message.from.instance}.${messageId(message)}@${host}>`;
}

function kindOf(message: AlertMessage): string {
  return message.form === 'alert' ? message.alert.kind : 'digest';
}

async function overSmtp(settings: EmailSettings, work: (smtp: Smtp) => Promise<void>): Promise<DeliveryFailure | null> {
  const failure = await attempt(settings, startsWithTls(settings), work);
  // On an unusual port nobody knows which of the two ways a server speaks; it says so before any secret is sent.
  const isOtherWay = failure?.cause === 'encryption' && mayGuess(settings);
  return isOtherWay ? attempt(settings, false, work) : failure;
}

function startsWithTls(settings: EmailSettings): boolean {
  return settings.encryption === 'required' && !USUAL_STARTTLS_PORTS.includes(settings.port);
}

function mayGuess(settings: EmailSettings): boolean {
  return startsWithTls(settings) && settings.port !== SMTPS_PORT;
}

async function attempt(
  settings: EmailSettings,
  secure: boolean,
  work: (smtp: Smtp) => Promise<void>,
): Promise<DeliveryFailure | null> {
  try {
    const smtp = createSmtp(settings, secure);
    try {
      await work(smtp);
    } finally {
      smtp.close();
    }
    return null;
  } catch (error) {
    return explainSmtpFailure(error, settings);
  }
}

function createSmtp(settings: EmailSettings, secure: boolean): ReturnType<typeof nodemailer.createTransport> {
  const { host, port, login, caFile, encryption } = settings;
  return nodemailer.createTransport({
    host,
    port,
    secure,
    requireTLS: encryption === 'required' && !secure,
    ignoreTLS: encryption === 'plain',
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    tls: {
      ...(caFile === null ? {} : { ca: readFileSync(caFile) }),
      // What does not leave this machine could as well be sent in plain; a certificate is checked where one was named.
      rejectUnauthorized: !isThisMachine(host) || caFile !== null,
    },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  });
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
