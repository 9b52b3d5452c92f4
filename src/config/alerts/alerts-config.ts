import { isIP } from 'node:net';
import * as z from 'zod';
import type { ChannelSettings, EmailSettings, WebhookSettings } from '../../protocol/alert-delivery.ts';

const flag = z.stringbool({ error: 'write true or false' });
// An address without line breaks, spaces, and characters that would end the address in a mail header.
const address = z
  .string()
  .regex(/^[^\s<>,;:"\\()[\]\p{C}]+@[^\s<>,;:"\\()[\]@\p{C}]+$/u, 'write a mail address such as name@example.com');
const addresses = z
  .string()
  .transform((text) => text.split(/[,;]/).map((part) => part.trim()))
  .pipe(z.array(address).min(1));
const wholeNumber = (min: number, max: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d+$/, rangeHint(min, max))
    .transform(Number)
    .pipe(z.number().min(min, rangeHint(min, max)).max(max, rangeHint(min, max)));
const rangeHint = (min: number, max: number): string => `write a whole number from ${min} to ${max}`;
const hostName = z.string().regex(/^[\w.:-]+$/, 'write a host name or an IP address');
const nothing = z.literal('').transform(() => null);

/** The keys of `email_config.txt` (docs/alerts.md). All values are text. */
export const emailSchema = z.strictObject({
  enabled: flag.default(true),
  smtp_server: hostName,
  smtp_port: wholeNumber(1, 65_535).default(587),
  sender_email: address,
  /** Empty for servers that need no login. */
  sender_password: z.string().default(''),
  /** The login name; defaults to the sender. */
  smtp_username: z.string().default(''),
  /** One address or several, separated by commas; defaults to the sender. */
  receiver_email: addresses.optional(),
  use_ssl: flag.default(true),
  /** A PEM file with the certificate of a private server or certificate authority. */
  ca_file: z.union([nothing, z.string().startsWith('/', 'write an absolute path')]).default(null),
  rate_limit_seconds: wholeNumber(0, 86_400).default(60),
});

/** The keys of `alerts_config.txt`: all channels except mail. */
export const alertsSchema = z.strictObject({
  webhook_url: z
    .union([nothing, z.url({ protocol: /^https?$/, error: 'write a URL that begins with https:// or http://' })])
    .default(null),
  webhook_secret: z.string().default(''),
  webhook_format: z.enum(['json', 'slack'], 'write json or slack').default('json'),
  webhook_timeout_seconds: wholeNumber(1, 300).default(10),
  desktop: flag.default(false),
  desktop_urgency: z.enum(['low', 'normal', 'critical'], 'write low, normal or critical').default('normal'),
});

export type EmailConfig = z.output<typeof emailSchema>;
export type AlertsConfig = z.output<typeof alertsSchema>;

/** How alerts are delivered. */
export interface AlertSettings {
  readonly channels: ChannelSettings;
  /** The minimum time between two messages. */
  readonly rateLimitMs: number;
}

/** The settings when no file configures alerts. */
export const NO_ALERTS: AlertSettings = {
  channels: { email: null, webhook: null, desktop: null },
  rateLimitMs: 60_000,
};

/** Combines both files into settings. @param email null when the mail file does not exist */
export function settingsOf(email: EmailConfig | null, others: AlertsConfig): AlertSettings {
  return {
    channels: {
      email: email?.enabled === true ? emailOf(email) : null,
      webhook: webhookOf(others),
      desktop: others.desktop ? { urgency: others.desktop_urgency } : null,
    },
    rateLimitMs: email === null ? NO_ALERTS.rateLimitMs : email.rate_limit_seconds * 1000,
  };
}

/**
 * Mail never leaves this machine unencrypted. Without `use_ssl`, the connection to a server on this machine is
 * unencrypted, and a server elsewhere has to offer STARTTLS.
 */
function emailOf(config: EmailConfig): EmailSettings {
  const { smtp_server: host, sender_email: sender, sender_password: password } = config;
  return {
    host,
    port: config.smtp_port,
    encryption: config.use_ssl || !isLoopback(host) ? 'required' : 'plain',
    caFile: config.ca_file,
    sender,
    receivers: config.receiver_email ?? [sender],
    login: password === '' ? null : { user: config.smtp_username || sender, password },
  };
}

function webhookOf(config: AlertsConfig): WebhookSettings | null {
  if (config.webhook_url === null) return null;
  return {
    url: config.webhook_url,
    secret: config.webhook_secret === '' ? null : config.webhook_secret,
    format: config.webhook_format,
    timeoutMs: config.webhook_timeout_seconds * 1000,
  };
}

/** Returns whether a host is this machine. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
