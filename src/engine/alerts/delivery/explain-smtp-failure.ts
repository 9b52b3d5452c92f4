import { sanitizeText } from '../../../base/sanitize-text.ts';
import type { DeliveryFailure, DeliveryFailureCause, EmailSettings } from '../../../protocol/alert-delivery.ts';

/** The fields that nodemailer and Node add to an error. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly command?: string;
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
  unreadable: 'the message file is damaged',
  other: 'see the log of the server',
};

const MAX_CHARS = 400;

/** Explains in one sentence why a mail was not sent and what to do. Secrets are removed from the server's response. */
export function explainSmtpFailure(thrown: unknown, settings: EmailSettings): DeliveryFailure {
  const error: SmtpError = thrown instanceof Error ? thrown : new Error(String(thrown));
  const cause = causeOf(error);
  const server = `${settings.host}:${String(settings.port)}`;
  const response = redact(sanitizeText(error.message), settings.login?.password ?? '').slice(0, MAX_CHARS);
  return {
    cause,
    scope: cause === 'rejected' ? 'message' : 'channel',
    message: `cannot send mail through ${server}: ${response} (${HINTS[cause]})`,
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

function causeOf({ code = '', message, responseCode = 0 }: SmtpError): DeliveryFailureCause {
  if (CERTIFICATE.test(message)) return 'certificate';
  if (NOT_TLS.test(message)) return 'encryption';
  if (responseCode === 530) return /starttls|tls/i.test(message) ? 'encryption' : 'authentication';
  if (responseCode === 534 || responseCode === 535) return 'authentication';
  // 421 means that the service is shutting down, which affects all messages.
  if (responseCode === 421) return 'dropped';
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
