import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { Letter } from '../../../protocol/alert.ts';
import type { Channel, ChannelSettings, DeliveryFailure } from '../../../protocol/courier.ts';
import { isRecord } from '../../../protocol/rpc.ts';
import { postWebhook } from './post-webhook.ts';
import { sendMail, verifyMail } from './send-mail.ts';
import { showNotification } from './show-notification.ts';

/** Delivers the letter in a file and removes the file, in this order: a kill in between costs a second copy, never the letter. */
export async function deliverFile(
  channel: Channel,
  file: string,
  settings: ChannelSettings,
): Promise<DeliveryFailure | null> {
  // Another courier had it in hand and finished it.
  if (!existsSync(file)) return null;
  const letter = readLetter(file);
  if (letter === null) return setAside(file);
  const failure = await deliver(channel, letter, settings);
  if (failure === null) rmSync(file, { force: true });
  return failure;
}

/** Null when the letter was delivered. */
export async function deliver(
  channel: Channel,
  letter: Letter,
  { email, webhook, desktop }: ChannelSettings,
): Promise<DeliveryFailure | null> {
  switch (channel) {
    case 'email':
      return email === null ? notConfigured(channel) : sendMail(letter, email);
    case 'webhook':
      return webhook === null ? notConfigured(channel) : postWebhook(letter, webhook);
    case 'desktop':
      return desktop === null ? notConfigured(channel) : showNotification(letter, desktop);
  }
}

/** Null when the channel could be used now; only mail can be asked without sending. */
export async function verify(channel: Channel, settings: ChannelSettings): Promise<DeliveryFailure | null> {
  return channel === 'email' && settings.email !== null ? verifyMail(settings.email) : null;
}

function notConfigured(channel: Channel): DeliveryFailure {
  return { cause: 'other', scope: 'channel', message: `${channel} is not configured` };
}

function readLetter(file: string): Letter | null {
  try {
    const letter: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isLetter(letter) ? letter : null;
  } catch {
    return null;
  }
}

/** The engine wrote it; what is checked is that the disk gave it back. */
function isLetter(value: unknown): value is Letter {
  if (!isRecord(value) || !isRecord(value['from'])) return false;
  return value['form'] === 'alert' ? isRecord(value['alert']) : Array.isArray(value['alerts']);
}

function setAside(file: string): DeliveryFailure {
  const aside = `${file}.corrupt-${new Date().toISOString().replaceAll(':', '-')}`;
  renameSync(file, aside);
  return { cause: 'unreadable', scope: 'letter', message: `an alert is unreadable; it is kept as "${aside}"` };
}
