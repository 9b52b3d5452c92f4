import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { AlertMessage } from '../../../protocol/alert.ts';
import type { Channel, ChannelSettings, DeliveryFailure } from '../../../protocol/alert-delivery.ts';
import { isRecord } from '../../../protocol/rpc.ts';
import { postWebhook } from './post-webhook.ts';
import { sendMail, verifyMail } from './send-mail.ts';
import { showNotification } from './show-notification.ts';

/** Delivers the message in a file and removes the file, in this order: a kill in between costs a second copy, never the message. */
export async function deliverFile(
  channel: Channel,
  file: string,
  settings: ChannelSettings,
): Promise<DeliveryFailure | null> {
  // Another delivery worker had it in hand and finished it.
  if (!existsSync(file)) return null;
  const message = readMessage(file);
  if (message === null) return setAside(file);
  const failure = await deliver(channel, message, settings);
  if (failure === null) rmSync(file, { force: true });
  return failure;
}

/** Null when the message was delivered. */
export async function deliver(
  channel: Channel,
  message: AlertMessage,
  { email, webhook, desktop }: ChannelSettings,
): Promise<DeliveryFailure | null> {
  switch (channel) {
    case 'email':
      return email === null ? notConfigured(channel) : sendMail(message, email);
    case 'webhook':
      return webhook === null ? notConfigured(channel) : postWebhook(message, webhook);
    case 'desktop':
      return desktop === null ? notConfigured(channel) : showNotification(message, desktop);
  }
}

/** Null when the channel could be used now; only mail can be asked without sending. */
export async function verify(channel: Channel, settings: ChannelSettings): Promise<DeliveryFailure | null> {
  return channel === 'email' && settings.email !== null ? verifyMail(settings.email) : null;
}

function notConfigured(channel: Channel): DeliveryFailure {
  return { cause: 'other', scope: 'channel', message: `${channel} is not configured` };
}

function readMessage(file: string): AlertMessage | null {
  try {
    const message: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isLetter(message) ? message : null;
  } catch {
    return null;
  }
}

/** The engine wrote it; what is checked is that the disk gave it back. */
function isLetter(value: unknown): value is AlertMessage {
  if (!isRecord(value) || !isRecord(value['from'])) return false;
  return value['form'] === 'alert' ? isRecord(value['alert']) : Array.isArray(value['alerts']);
}

function setAside(file: string): DeliveryFailure {
  const aside = `${file}.corrupt-${new Date().toISOString().replaceAll(':', '-')}`;
  renameSync(file, aside);
  return { cause: 'unreadable', scope: 'message', message: `an alert is unreadable; it is kept as "${aside}"` };
}
