import { domainToASCII } from 'node:url';
import { sanitizeText } from '../../../base/sanitize-text.ts';
import type {
  DeliveryFailure,
  DeliveryFailureCause,
  EmailSettings,
  RefusedReceiver,
} from '../../../protocol/alert-delivery.ts';

/** The fields that nodemailer and Node add to an error. */
interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly command?: string | undefined;
  readonly response?: string | undefined;
  /** The receiver that was refused. */
  readonly recipient?: string | undefined;
}

const HINTS: Readonly<Record<DeliveryFailureCause, string>> = {
  authentication: 'check sender_email (or smtp_username) and sender_password; many providers require an app password',
  certificate: 'check smtp_server, or set ca_file to the certificate of its CA',
  refused: 'connection refused or unreachable: check smtp_server, smtp_port and whether the server is running',
  timeout: 'no response: check smtp_port and the firewall; many networks block port 25',
  dns: 'cannot resolve the host name: check smtp_server and the DNS settings of this machine',
  encryption: 'check smtp_port (465 for TLS, 587 for STARTTLS) and use_ssl',
  dropped: 'the server closed the connection: check its log',
  rejected: 'check sender_email and receiver_email',
  temporary: 'the server asks to try again later',
  unconfirmed: 'the message may have arrived; it is sent again with the same Message-ID',
  'no-session': 'no desktop session',
  unreadable: 'the message file is damaged',
  other: 'see the log of the server',
};

const MAX_CHARS = 400;

/**
 * Explains in one sentence why a mail was not sent and what to do. Secrets are removed from the server's response.
 * `isUnconfirmed`: the whole message was sent, but the server did not answer.
 */
export function explainSmtpFailure(thrown: unknown, settings: EmailSettings, isUnconfirmed = false): DeliveryFailure {
  const error = innermost(thrown);
  // An answer after the message is a decision of the server, not a lost confirmation.
  const isAnswered = (error.responseCode ?? 0) >= 400 && error.responseCode !== 421;
  const cause = isUnconfirmed && !isAnswered ? 'unconfirmed' : causeOf(error);
  return {
    cause,
    scope: cause === 'rejected' ? 'message' : 'channel',
    message: `cannot send mail through ${serverOf(settings)}: ${cleanAnswer(error.message, settings)} (${hintFor(cause, error, settings)})`,
  };
}

/** An attempt to connect to several addresses has one error for each of them, and no message of its own. */
function innermost(thrown: unknown): SmtpError {
  const [first] = thrown instanceof AggregateError ? (thrown.errors as unknown[]) : [];
  if (first !== undefined) return innermost(first);
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function hintFor(cause: DeliveryFailureCause, { message, responseCode }: SmtpError, settings: EmailSettings): string {
  if (cause === 'encryption' && settings.isSslWanted === false) {
    return 'mail to another machine is always encrypted; only allow_unencrypted = true, without sender_password, permits a server that has no TLS';
  }
  if (cause === 'certificate' && /expired|not yet valid/i.test(message)) {
    return 'check the clock of this machine and the certificate of the server';
  }
  if (cause === 'authentication' && responseCode === 504) {
    return 'the server does not accept a password with PLAIN, LOGIN or CRAM-MD5: create an app password, or use a relay';
  }
  return HINTS[cause];
}

function serverOf({ host, port }: EmailSettings): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** Returns what a server answered, short, without control characters and without the password. */
function cleanAnswer(text: string, { login }: EmailSettings): string {
  return redact(sanitizeText(text), login?.password ?? '').slice(0, MAX_CHARS);
}

/** Returns whether an address needs SMTPUTF8. Domains do not, because they have an ASCII form. */
export function needsUtf8(address: string): boolean {
  return /[^\x20-\x7e]/.test(address.slice(0, address.lastIndexOf('@')));
}

/** Returns the receivers that a server refused, with its answers. */
export function refusedReceivers(errors: readonly SmtpError[], settings: EmailSettings): RefusedReceiver[] {
  return errors.map(({ recipient, response, message, responseCode = 0 }) => ({
    address: nameOf(recipient ?? '', settings),
    answer: cleanAnswer(response ?? message, settings),
    isTemporary: responseCode < 500,
  }));
}

/** The server is given the ASCII form of a domain; the settings may have the other one. */
function nameOf(recipient: string, { receivers }: EmailSettings): string {
  return receivers.find((address) => address === recipient || toAscii(address) === recipient) ?? recipient;
}

function toAscii(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
}

/** Returns the failure that some receivers were refused, or null if none were. `addressed`: those that the server was asked about. */
export function refusal(
  refused: readonly RefusedReceiver[],
  addressed: readonly string[],
  settings: EmailSettings,
): DeliveryFailure | null {
  if (refused.length === 0) return null;
  const isTemporary = refused.every((receiver) => receiver.isTemporary);
  const answers = refused.map(({ address, answer }) => `${address}: ${answer}`).join('; ');
  return {
    cause: isTemporary ? 'temporary' : 'rejected',
    scope: 'message',
    message: `cannot send mail through ${serverOf(settings)} to ${answers} (${isTemporary ? HINTS.temporary : 'check the address'})`,
    receivers: {
      accepted: addressed.filter((address) => refused.every((receiver) => receiver.address !== address)),
      refused,
    },
  };
}

const CAUSE_BY_CODE: Readonly<Record<string, DeliveryFailureCause>> = {
  EAUTH: 'authentication',
  ENOAUTH: 'authentication',
  EDNS: 'dns',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ETIMEDOUT: 'timeout',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ECONNECTION: 'dropped',
  ECONNRESET: 'dropped',
  EPIPE: 'dropped',
  ETLS: 'encryption',
  EREQUIRETLS: 'encryption',
  EENVELOPE: 'rejected',
  EMESSAGE: 'rejected',
};

/** Node reports TLS errors as ESOCKET, so they are distinguished by their text. */
const CERTIFICATE = /certificate|self[- ]signed|altnames|CERT_|unable to verify/i;
const NOT_TLS = /wrong version number|packet length too long|http request|SSL routines|tlsv1 alert/i;

function causeOf({ code = '', message, responseCode = 0, command = '' }: SmtpError): DeliveryFailureCause {
  if (CERTIFICATE.test(message)) return 'certificate';
  if (NOT_TLS.test(message)) return 'encryption';
  if (responseCode === 530) return /starttls|tls/i.test(message) ? 'encryption' : 'authentication';
  if (responseCode === 534 || responseCode === 535) return 'authentication';
  // For example 454, after too many logins. The password may be right.
  if (code === 'EAUTH' && responseCode >= 400 && responseCode < 500) return 'temporary';
  // 421 means that the service is shutting down, which affects all messages.
  if (responseCode === 421) return 'dropped';
  // The server refuses the connection, not a message.
  if (responseCode >= 400 && /^(CONN|EHLO|HELO)$/.test(command)) return 'dropped';
  const known = CAUSE_BY_CODE[code] ?? fromText(message);
  return known === 'other' && responseCode >= 400 ? 'rejected' : known;
}

function fromText(message: string): DeliveryFailureCause {
  const code = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ENETUNREACH)\b/.exec(
    message,
  )?.[1];
  if (code !== undefined) return CAUSE_BY_CODE[code] ?? 'other';
  return /timeout|timed out/i.test(message) ? 'timeout' : 'other';
}

/** Removes a secret in all its encodings, because some servers repeat the credentials in their responses. */
export function redact(text: string, secret: string): string {
  if (secret === '') return text;
  const forms = [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)];
  return forms.reduce((clean, form) => clean.replaceAll(form, '***'), text);
}
