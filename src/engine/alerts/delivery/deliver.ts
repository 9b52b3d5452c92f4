import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { AlertMessage } from '../../../protocol/alert.ts';
import type { Channel, ChannelSettings, DeliveryFailure, EmailSettings } from '../../../protocol/alert-delivery.ts';
import { isRecord } from '../../../protocol/rpc.ts';
import { forgetProgress, keepProgress, readProgress } from './delivery-progress.ts';
import { postWebhook } from './post-webhook.ts';
import { sendMail, verifyMail } from './send-mail.ts';
import { showNotification } from './show-notification.ts';
import type { SmtpStage } from './smtp-dialog.ts';

/** What an attempt is waiting for. */
export type AttemptStage = SmtpStage | 'response';

/** What an attempt can be given besides the settings. */
export interface AttemptOptions {
  /** Receivers of mail that are not due. */
  readonly skip?: readonly string[] | undefined;
  /** Ends the attempt, for example because the settings changed. */
  readonly signal?: AbortSignal | undefined;
  /** The variables that locate the desktop session; by default those of this process. */
  readonly session?: Readonly<Record<string, string>> | undefined;
  readonly onStage?: (stage: AttemptStage) => void;
  readonly onNote?: (note: string) => void;
  /** How many alerts of a digest a webhook has got by earlier attempts. */
  readonly sentAlerts?: number;
  readonly onPart?: (sentAlerts: number) => void;
}

/**
 * Delivers the message in a file, then removes the file. If the process is killed in between, the message is sent twice
 * rather than lost. Returns null on success.
 */
export async function deliverFile(
  channel: Channel,
  file: string,
  settings: ChannelSettings,
  options: AttemptOptions = {},
): Promise<DeliveryFailure | null> {
  // The previous delivery worker has delivered it.
  if (!existsSync(file)) return null;
  const message = readMessage(file);
  if (message === null) return setAside(file);
  const progress = readProgress(file);
  const onPart = (sentAlerts: number): void => keepProgress(file, { ...progress, sentAlerts });
  const failure =
    channel === 'email' && settings.email !== null
      ? await mailPending(message, file, settings.email, options)
      : await deliver(channel, message, settings, { ...options, sentAlerts: progress.sentAlerts, onPart });
  if (failure === null) {
    rmSync(file, { force: true });
    forgetProgress(file);
  }
  return failure;
}

/** Delivers a message through a channel. Returns null on success. */
export async function deliver(
  channel: Channel,
  message: AlertMessage,
  { email, webhook, desktop }: ChannelSettings,
  options: AttemptOptions = {},
): Promise<DeliveryFailure | null> {
  switch (channel) {
    case 'email':
      return email === null ? notConfigured(channel) : sendMail(message, email, options);
    case 'webhook':
      return webhook === null ? notConfigured(channel) : postWebhook(message, webhook, options);
    case 'desktop':
      return desktop === null ? notConfigured(channel) : showNotification(message, desktop, options.session);
  }
}

/** Mails the receivers that have not got the message and are due. The file keeps who has got it. */
async function mailPending(
  message: AlertMessage,
  file: string,
  settings: EmailSettings,
  { skip = [], ...options }: AttemptOptions,
): Promise<DeliveryFailure | null> {
  const { delivered, ...progress } = readProgress(file);
  const pending = settings.receivers.filter((address) => !delivered.includes(address));
  if (pending.length === 0) return null;
  const due = pending.filter((address) => !skip.includes(address));
  const failure = due.length === 0 ? null : await sendMail(message, settings, { ...options, receivers: due });
  const accepted = failure === null ? due : (failure.receivers?.accepted ?? []);
  if (accepted.length === 0 && failure !== null) return failure;
  if (accepted.length === pending.length) return null;
  keepProgress(file, { ...progress, delivered: [...delivered, ...accepted] });
  return failure ?? waitingFor(pending, accepted);
}

function waitingFor(pending: readonly string[], accepted: readonly string[]): DeliveryFailure {
  const others = pending.filter((address) => !accepted.includes(address));
  return {
    cause: 'temporary',
    scope: 'message',
    message: `the message waits for ${others.join(', ')}`,
    receivers: { accepted, refused: [] },
  };
}

/** Checks a channel without sending, which only mail supports. Returns null on success. */
export async function verify(
  channel: Channel,
  settings: ChannelSettings,
  options: AttemptOptions = {},
): Promise<DeliveryFailure | null> {
  return channel === 'email' && settings.email !== null ? verifyMail(settings.email, options) : null;
}

function notConfigured(channel: Channel): DeliveryFailure {
  return { cause: 'other', scope: 'channel', message: `${channel} is not configured` };
}

function readMessage(file: string): AlertMessage | null {
  try {
    const message: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isMessage(message) ? message : null;
  } catch {
    return null;
  }
}

/** Checks that the file is complete. The engine wrote it, so its fields are not validated further. */
function isMessage(value: unknown): value is AlertMessage {
  if (!isRecord(value) || !isRecord(value['from'])) return false;
  return value['form'] === 'alert' ? isRecord(value['alert']) : Array.isArray(value['alerts']);
}

function setAside(file: string): DeliveryFailure {
  const aside = `${file}.corrupt-${new Date().toISOString().replaceAll(':', '-')}`;
  renameSync(file, aside);
  return {
    cause: 'unreadable',
    scope: 'message',
    message: `an alert file is damaged and was renamed to "${aside}"`,
  };
}
