import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import nodemailer from 'nodemailer';
import { type AlertMessage, messageId } from '../../../protocol/alert.ts';
import type { DeliveryFailure, EmailSettings } from '../../../protocol/alert-delivery.ts';
import { subjectLine } from './subject-line.ts';
import { explainSmtpFailure } from './explain-smtp-failure.ts';
import { renderHtml } from './message-html.ts';
import { renderText } from './message-text.ts';

type Smtp = ReturnType<typeof createSmtp>;

const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
/** The port for implicit TLS. */
const SMTPS_PORT = 465;
/** Ports on which servers use STARTTLS. */
const STARTTLS_PORTS = [25, 587, 2525];

/** Sends a mail. Returns null if the server accepted it. */
export function sendMail(message: AlertMessage, settings: EmailSettings): Promise<DeliveryFailure | null> {
  return overSmtp(settings, async (smtp) => {
    await smtp.sendMail({
      from: { name: 'healer', address: settings.sender },
      to: settings.receivers.map((address) => ({ name: '', address })),
      subject: subjectLine(message),
      text: renderText(message),
      html: renderHtml(message),
      date: message.form === 'alert' ? message.alert.time : (message.alerts[0]?.time ?? ''),
      // Identical for every attempt, so that a repeated mail can be recognized.
      messageId: messageIdOf(message),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Healer-Alert': kindOf(message) },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  });
}

/** Connects and logs in without sending. Returns null on success. */
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
  // On any other port a server may use either kind of TLS. It rejects the wrong kind before any secret is sent.
  const mayUseStartTls = failure?.cause === 'encryption' && isTlsGuessed(settings);
  return mayUseStartTls ? attempt(settings, false, work) : failure;
}

function startsWithTls(settings: EmailSettings): boolean {
  return settings.encryption === 'required' && !STARTTLS_PORTS.includes(settings.port);
}

function isTlsGuessed(settings: EmailSettings): boolean {
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
      // For a server on this machine, a certificate is verified only if ca_file is set.
      rejectUnauthorized: !isThisMachine(host) || caFile !== null,
    },
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: IDLE_TIMEOUT_MS,
  });
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
