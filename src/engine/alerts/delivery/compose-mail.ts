import MailComposer from 'nodemailer/lib/mail-composer';
import { type AlertMessage, messageId } from '../../../protocol/alert.ts';
import type { EmailSettings } from '../../../protocol/alert-delivery.ts';
import { renderHtml } from './message-html.ts';
import { renderText } from './message-text.ts';
import { subjectLine } from './subject-line.ts';

/** The names in a Message-ID are cut, because it must fit into one line. */
const MAX_NAME_CHARS = 64;

const MAX_AGE_MS = 172_800_000;

/** A mail as it is sent. */
export interface ComposedMail {
  /** 7-bit text with lines of at most 76 characters, except for addresses that need SMTPUTF8. */
  readonly raw: Buffer;
  readonly sender: string;
  readonly receivers: readonly string[];
}

/** Composes a mail to `receivers`. `shown` are the receivers that its header names. */
export async function composeMail(
  message: AlertMessage,
  settings: EmailSettings,
  receivers: readonly string[],
  shown: readonly string[] = receivers,
): Promise<ComposedMail> {
  const { sender, names = {} } = settings;
  const mail = new MailComposer({
    from: { name: names[sender] ?? 'healer', address: sender },
    to: shown.map((address) => ({ name: names[address] ?? '', address })),
    subject: subjectLine(message),
    text: renderText(message),
    html: renderHtml(message),
    date: dateOf(message),
    // Identical for every attempt, so that receivers recognize a repeated mail.
    messageId: messageIdOf(message),
    headers: {
      // Keeps vacation notices and other automatic responses away (RFC 3834, and Exchange's own header).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Healer-Alert': kindOf(message),
    },
    textEncoding: 'quoted-printable',
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const envelope = mail.setEnvelope({ from: sender, to: [...receivers] }).getEnvelope();
  return { raw: await mail.build(), sender: envelope.from || sender, receivers: envelope.to };
}

/**
 * Returns the time of the event, unless the clock was set since: servers treat mail from the future, or from long ago, as spam. No
 * alert waits for longer than two days.
 */
function dateOf(message: AlertMessage): Date {
  const time = Date.parse(message.form === 'alert' ? message.alert.time : (message.alerts[0]?.time ?? ''));
  const now = Date.now();
  const isPlausible = time <= now && now - time < MAX_AGE_MS;
  return new Date(isPlausible ? time : now);
}

function messageIdOf(message: AlertMessage): string {
  const clean = (text: string): string => text.replace(/[^A-Za-z0-9-]+/g, '.').replace(/^\.+|\.+$/g, '');
  const instance = clean(message.from.instance).slice(0, MAX_NAME_CHARS) || 'default';
  const host = clean(message.from.host).slice(0, MAX_NAME_CHARS) || 'localhost';
  return `<healer.${instance}.${clean(messageId(message))}@${host}>`;
}

function kindOf(message: AlertMessage): string {
  return message.form === 'alert' ? message.alert.kind : 'digest';
}
