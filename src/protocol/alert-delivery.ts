import type { AlertMessage } from './alert.ts';

/** The channels through which alerts are sent. */
export const CHANNELS = ['email', 'webhook', 'desktop'] as const;
export type Channel = (typeof CHANNELS)[number];

/** The SMTP server, the sender and the receivers of alert mail. */
export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  /** `required` never sends unencrypted data; `plain` is for servers on this machine only. */
  readonly encryption: 'required' | 'plain';
  /** PEM file of additional trusted certificates; null for none. */
  readonly caFile: string | null;
  readonly sender: string;
  readonly receivers: readonly string[];
  /** Null sends without authentication. */
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface WebhookSettings {
  readonly url: string;
  /** Key of the signature; null sends unsigned requests. */
  readonly secret: string | null;
  readonly format: 'json' | 'slack';
  readonly timeoutMs: number;
}

/** The settings of each channel; null if the channel is not configured. */
export interface ChannelSettings {
  readonly email: EmailSettings | null;
  readonly webhook: WebhookSettings | null;
  readonly desktop: { readonly urgency: 'low' | 'normal' | 'critical' } | null;
}

/** A command for the delivery worker: one line of JSON on its standard input. */
export type DeliveryCommand =
  | { readonly kind: 'configure'; readonly settings: ChannelSettings }
  /** `file` contains the message and is removed once it is delivered. */
  | { readonly kind: 'deliver'; readonly channel: Channel; readonly file: string }
  /** Sends a message that is not stored, for manual tests. */
  | { readonly kind: 'try'; readonly channel: Channel; readonly message: AlertMessage }
  /** Connects and logs in without sending. */
  | { readonly kind: 'verify'; readonly channel: Channel };

/** Why a message could not be delivered, as far as the error reveals it. */
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
  /** One sentence without secrets, with the next step. */
  readonly message: string;
  /** `channel`: nothing can be delivered at the moment; `message`: only this message was rejected. */
  readonly scope: 'channel' | 'message';
}

/** The response of the delivery worker to every command except `configure`, in order within a channel. */
export interface DeliveryReport {
  readonly channel: Channel;
  /** The file of a `deliver` command; null for other commands. */
  readonly file: string | null;
  readonly failure: DeliveryFailure | null;
}
