import type { AlertMessage } from './alert.ts';

/** The channels through which alerts are sent. */
export const CHANNELS = ['email', 'webhook', 'desktop'] as const;
export type Channel = (typeof CHANNELS)[number];

/** The SMTP server, the sender and the receivers of alert mail. */
export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  /** `required` never sends unencrypted data; `plain` is for servers on this machine, and for others without a login. */
  readonly encryption: 'required' | 'plain';
  /** Whether `use_ssl` is true or absent, although encryption may be required without it. */
  readonly isSslWanted?: boolean;
  /** PEM file of additional trusted certificates; null for none. */
  readonly caFile: string | null;
  readonly sender: string;
  /** Addresses without names. */
  readonly receivers: readonly string[];
  /** Display names by address, of the sender and the receivers; none if absent. */
  readonly names?: Readonly<Record<string, string>>;
  /** Null sends without authentication. */
  readonly login: { readonly user: string; readonly password: string } | null;
}

/** The formats of webhooks: our own JSON, and those of services. */
export const WEBHOOK_FORMATS = ['json', 'slack', 'discord', 'teams', 'ntfy'] as const;

export interface WebhookSettings {
  readonly url: string;
  /** Key of the signature; null sends unsigned requests. */
  readonly secret: string | null;
  readonly format: (typeof WEBHOOK_FORMATS)[number];
  readonly timeoutMs: number;
  /** PEM file of the trusted certificates; absent: those of the system. */
  readonly caFile?: string;
}

/** The settings of each channel; null if the channel is not configured. */
export interface ChannelSettings {
  readonly email: EmailSettings | null;
  readonly webhook: WebhookSettings | null;
  readonly desktop: DesktopSettings | null;
}

export interface DesktopSettings {
  readonly urgency: 'low' | 'normal' | 'critical';
  /** Name or uid of the user in whose session notifications are shown; absent: the engine's user. */
  readonly user?: string;
}

/** A command for the delivery worker: one line of JSON on its standard input. */
export type DeliveryCommand =
  | { readonly kind: 'configure'; readonly settings: ChannelSettings }
  /** `file` contains the message and is removed once it is delivered. */
  | {
      readonly kind: 'deliver';
      readonly channel: Channel;
      readonly file: string;
      /** Receivers of mail that are not due for an attempt yet. */
      readonly skip?: readonly string[];
      /** The variables that locate the desktop session, as the engine found it. */
      readonly session?: Readonly<Record<string, string>>;
    }
  /** Sends a message that is not stored, for manual tests. */
  | { readonly kind: 'try'; readonly channel: Channel; readonly message: AlertMessage }
  /** Connects and logs in without sending. */
  | { readonly kind: 'verify'; readonly channel: Channel }
  /** Also reports the stage of attempts that take long. An engine of an earlier version does not expect such reports. */
  | { readonly kind: 'report-stages' };

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
  /** The receiver asked to try again later. */
  | 'temporary'
  /** The message was sent, but the receiver did not confirm it: it may have arrived. */
  | 'unconfirmed'
  /** No desktop session is available. */
  | 'no-session'
  | 'unreadable'
  | 'other';

export interface DeliveryFailure {
  readonly cause: DeliveryFailureCause;
  /** One sentence without secrets, with the next step. */
  readonly message: string;
  /** `channel`: nothing can be delivered at the moment; `message`: only this message was rejected. */
  readonly scope: 'channel' | 'message';
  /** What a receiver asked for, in ms from now. */
  readonly retryAfterMs?: number;
  /** The result for each receiver, if the server answered for each of them. The others are not mailed again. */
  readonly receivers?: ReceiverResults;
}

/** How a mail server answered for each receiver. */
export interface ReceiverResults {
  readonly accepted: readonly string[];
  readonly refused: readonly RefusedReceiver[];
}

/** A receiver that the server did not accept. */
export interface RefusedReceiver {
  readonly address: string;
  /** The answer of the server, without secrets. */
  readonly answer: string;
  /** Whether the server asked to try again later. */
  readonly isTemporary: boolean;
}

/** The response of the delivery worker to every command except `configure`, in order within a channel. */
export interface DeliveryReport {
  readonly channel: Channel;
  /** The file of a `deliver` command; null for other commands. */
  readonly file: string | null;
  readonly failure: DeliveryFailure | null;
  /** Something that an operator should know about a success, as a sentence. */
  readonly note?: string;
}

/** What an attempt is doing that takes long, as a phrase such as "waiting for the greeting of the server". */
export interface DeliveryStage {
  readonly channel: Channel;
  readonly stage: string;
}
