import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { AlertMessage } from '../../../protocol/alert.ts';
import type { Channel, ChannelSettings, DeliveryFailure } from '../../../protocol/alert-delivery.ts';
import { isRecord } from '../../../protocol/rpc.ts';
import { postWebhook } from './post-webhook.ts';
import { sendMail, verifyMail } from './send-mail.ts';
import { showNotification } from './show-notification.ts';

/**
 * Delivers the message in a file, then removes the file. If the process is killed in between, the message is sent twice
 * rather than lost. Returns null on success.
 */
export async function deliverFile(
  channel: Channel,
  file: string,
  settings: ChannelSettings,
): Promise<DeliveryFailure | null> {
  // The previous delivery worker has delivered it.
  if (!existsSync(file)) return null;
  const message = readMessage(file);
  if (message === null) return setAside(file);
  const failure = await deliver(channel, message, settings);
  if (failure === null) rmSync(file, { force: true });
  return failure;
}

/** Delivers a message through a channel. Returns null on success. */
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

/** Checks a channel without sending, which only mail supports. Returns null on success. */
export async function verify(channel: Channel, settings: ChannelSettings): Promise<DeliveryFailure | null> {
  return channel === 'email' && settings.email !== null ? verifyMail(settings.email) : null;
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
