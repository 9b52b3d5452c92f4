import { isIP } from 'node:net';
import * as z from 'zod';
import { formatMailbox, type Mailbox, MAILBOX_HINT, parseMailboxes } from './mail-addresses.ts';
import { parseQuietHours, type QuietHours } from './quiet-hours.ts';
import {
  type ChannelSettings,
  type DesktopSettings,
  type EmailSettings,
  WEBHOOK_FORMATS,
  type WebhookSettings,
} from '../../protocol/alert-delivery.ts';

const flag = z.stringbool({ error: 'write true or false' });
/** Addresses, each as it is or with its name. */
const mailboxes = z.string().transform((text, context): string[] => {
  const parsed = parseMailboxes(text);
  if (typeof parsed !== 'string') return parsed.map(formatMailbox);
  context.addIssue(parsed);
  return z.NEVER;
});
const mailbox = z.string().transform((text, context): string => {
  const parsed = parseMailboxes(text);
  const [only, another] = typeof parsed === 'string' ? [] : parsed;
  if (only !== undefined && another === undefined) return formatMailbox(only);
  context.addIssue(MAILBOX_HINT);
  return z.NEVER;
});
const wholeNumber = (min: number, max: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d+$/, rangeHint(min, max))
    .transform(Number)
    .pipe(z.number().min(min, rangeHint(min, max)).max(max, rangeHint(min, max)));
const rangeHint = (min: number, max: number): string => `write a whole number from ${min} to ${max}`;
const hostName = z.string().regex(/^[\w.:-]+$/, 'write a host name or an IP address');
const nothing = z.literal('').transform(() => null);
const pemFile = z.union([nothing, z.string().startsWith('/', 'write an absolute path')]).default(null);
const quietHours = z.string().transform((text, context): QuietHours => {
  const parsed = parseQuietHours(text);
  if (typeof parsed !== 'string') return parsed;
  context.addIssue(parsed);
  return z.NEVER;
});

const URL_HINT = 'write a URL that begins with https:// or http://';
const httpUrl = z.string().refine((text) => /^https?:\/\/[^/]/i.test(text) && URL.canParse(text), URL_HINT);

/** The keys of `email_config.txt` (docs/alerts.md). All values are text. */
export const emailSchema = z.strictObject({
  enabled: flag.default(true),
  smtp_server: hostName,
  smtp_port: wholeNumber(1, 65_535).default(587),
  sender_email: mailbox,
  /** Empty for servers that need no login. */
  sender_password: z.string().default(''),
  /** The login name; defaults to the sender. */
  smtp_username: z.string().default(''),
  /** One address or several, separated by commas; defaults to the sender. */
  receiver_email: mailboxes.optional(),
  use_ssl: flag.default(true),
  /** Permits unencrypted mail to another machine, which needs no login. */
  allow_unencrypted: flag.default(false),
  /** A PEM file with the certificate of a private server or certificate authority. */
  ca_file: pemFile,
  /** For all channels. `alerts_config.txt` may have it as well, and takes precedence. */
  rate_limit_seconds: wholeNumber(0, 86_400).default(60),
});

/** The keys of `alerts_config.txt`: all channels except mail, and what concerns all of them. */
export const alertsSchema = z.strictObject({
  webhook_url: z.union([nothing, httpUrl]).default(null),
  webhook_secret: z.string().default(''),
  webhook_format: z.enum(WEBHOOK_FORMATS, 'write json, slack, discord, teams or ntfy').default('json'),
  webhook_timeout_seconds: wholeNumber(1, 300).default(10),
  /** A PEM file with the certificate of a private server or certificate authority. */
  webhook_ca_file: pemFile,
  desktop: flag.default(false),
  desktop_urgency: z.enum(['low', 'normal', 'critical'], 'write low, normal or critical').default('normal'),
  /** For an engine of root: the user in whose session notifications are shown. */
  desktop_user: z.string().default(''),
  rate_limit_seconds: wholeNumber(0, 86_400).optional(),
  /** Whether an alert is sent once a program has been stable again. */
  recovered: flag.default(false),
  /** Local times between which alerts wait. */
  quiet_hours: z.union([nothing, quietHours]).default(null),
});

export type EmailConfig = z.output<typeof emailSchema>;
export type AlertsConfig = z.output<typeof alertsSchema>;

/** How alerts are delivered. */
export interface AlertSettings {
  readonly channels: ChannelSettings;
  /** The minimum time between two messages. */
  readonly rateLimitMs: number;
  /** Whether an alert is sent once a program has been stable again. */
  readonly sendsRecovery?: boolean;
  readonly quietHours?: QuietHours;
}

/** The settings when no file configures alerts. */
export const NO_ALERTS: AlertSettings = {
  channels: { email: null, webhook: null, desktop: null },
  rateLimitMs: 60_000,
};

/** Combines both files into settings. @param email null when mail is not configured */
export function settingsOf(email: EmailConfig | null, others: AlertsConfig): AlertSettings {
  const seconds = others.rate_limit_seconds ?? email?.rate_limit_seconds;
  return {
    channels: {
      email: email?.enabled === true ? emailOf(email) : null,
      webhook: webhookOf(others),
      desktop: desktopOf(others),
    },
    rateLimitMs: seconds === undefined ? NO_ALERTS.rateLimitMs : seconds * 1000,
    ...(others.recovered ? { sendsRecovery: true } : {}),
    ...(others.quiet_hours === null ? {} : { quietHours: others.quiet_hours }),
  };
}

/**
 * Mail leaves this machine unencrypted only if that is allowed, and never with a password. Without `use_ssl`, the connection to a
 * server on this machine is unencrypted, and a server elsewhere has to offer STARTTLS.
 */
function emailOf(config: EmailConfig): EmailSettings {
  const { smtp_server: host, sender_password: password, use_ssl: isSslWanted } = config;
  const senders = mailboxesIn([config.sender_email]);
  const receivers = mailboxesIn(config.receiver_email ?? [config.sender_email]);
  const address = senders[0]?.address ?? '';
  const mayBePlain = isLoopback(host) || (config.allow_unencrypted && password === '');
  const names = [...senders, ...receivers].flatMap((box) =>
    box.name === '' ? [] : [[box.address, box.name] as const],
  );
  return {
    host,
    port: config.smtp_port,
    encryption: isSslWanted || !mayBePlain ? 'required' : 'plain',
    ...(isSslWanted ? {} : { isSslWanted }),
    caFile: config.ca_file,
    sender: address,
    receivers: receivers.map((box) => box.address),
    ...(names.length === 0 ? {} : { names: Object.fromEntries(names) }),
    login: password === '' ? null : { user: config.smtp_username || address, password },
  };
}

function mailboxesIn(texts: readonly string[]): readonly Mailbox[] {
  const parsed = parseMailboxes(texts.join(', '));
  return typeof parsed === 'string' ? [] : parsed;
}

function webhookOf(config: AlertsConfig): WebhookSettings | null {
  if (config.webhook_url === null) return null;
  return {
    url: config.webhook_url,
    secret: config.webhook_secret === '' ? null : config.webhook_secret,
    format: config.webhook_format,
    timeoutMs: config.webhook_timeout_seconds * 1000,
    ...(config.webhook_ca_file === null ? {} : { caFile: config.webhook_ca_file }),
  };
}

function desktopOf({ desktop, desktop_urgency: urgency, desktop_user: user }: AlertsConfig): DesktopSettings | null {
  if (!desktop) return null;
  return { urgency, ...(user === '' ? {} : { user }) };
}

/** Returns whether a host is this machine. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
