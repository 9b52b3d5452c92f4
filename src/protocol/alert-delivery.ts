import type { AlertMessage } from './alert.ts';

/** The ways by which alerts reach people. */
export const CHANNELS = ['email', 'webhook', 'desktop'] as const;
export type Channel = (typeof CHANNELS)[number];

/** How mail is sent, and to whom. */
export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  /** `required` never speaks in plain; `plain` is for this machine alone. */
  readonly encryption: 'required' | 'plain';
  /** PEM file of certificates to trust besides the usual ones; null for none. */
  readonly caFile: string | null;
  readonly sender: string;
  readonly receivers: readonly string[];
  /** Null logs in nowhere. */
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface WebhookSettings {
  readonly url: string;
  /** Key of the signature; null signs nothing. */
  readonly secret: string | null;
  readonly format: 'json' | 'slack';
  readonly timeoutMs: number;
}

/** How each channel is reached; null where it is not wanted. */
export interface ChannelSettings {
  readonly email: EmailSettings | null;
  readonly webhook: WebhookSettings | null;
  readonly desktop: { readonly urgency: 'low' | 'normal' | 'critical' } | null;
}

/** What the delivery worker is told, one JSON value a line on its standard input. */
export type DeliveryCommand =
  | { readonly kind: 'configure'; readonly settings: ChannelSettings }
  /** `file` holds the message, and is removed once the message is delivered. */
  | { readonly kind: 'deliver'; readonly channel: Channel; readonly file: string }
  /** A message that nothing keeps, for tests by hand. */
  | { readonly kind: 'try'; readonly channel: Channel; readonly message: AlertMessage }
  /** Connects and logs in without sending. */
  | { readonly kind: 'verify'; readonly channel: Channel };

/** What kept a message from being delivered, as far as it can be told. */
export type DeliveryFailureCause =
  | 'authentication'
  | 'certificate'
  | 'refused'
  | 'timeout'
  | 'dns'
  | 'encryption'
  | 'dropped'
  | 'rejected'
  | 'unreadable'
  | 'other';

export interface DeliveryFailure {
  readonly cause: DeliveryFailureCause;
  /** One sentence without secrets, with what to do. */
  readonly message: string;
  /** `channel`: nothing can be delivered there now; `message`: this one was refused, others may pass. */
  readonly scope: 'channel' | 'message';
}

/** What the delivery worker answers to each command but `configure`, in order within a channel. */
export interface DeliveryReport {
  readonly channel: Channel;
  /** Of a `deliver`; null for the others. */
  readonly file: string | null;
  readonly failure: DeliveryFailure | null;
}
