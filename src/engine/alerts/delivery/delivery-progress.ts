import { readFileSync, statSync, utimesSync } from 'node:fs';
import { replaceFile } from '../../../base/atomic-file.ts';
import { isRecord } from '../../../protocol/rpc.ts';

/** How much of a message was delivered by earlier attempts. */
export interface DeliveryProgress {
  /** The receivers that have got the mail. */
  readonly delivered: readonly string[];
  /** The number of alerts of a digest that a webhook has got. */
  readonly sentAlerts: number;
}

/** What this process knows, also if the disk is full. */
const remembered = new Map<string, DeliveryProgress>();

/** Returns how much of the message in a file was delivered. */
export function readProgress(file: string): DeliveryProgress {
  return remembered.get(file) ?? storedIn(file);
}

/** Stores in the file of a message how much of it was delivered, so that it is not sent again. The age of the file stays the same. */
export function keepProgress(file: string, progress: DeliveryProgress): void {
  remembered.set(file, progress);
  try {
    const { atime, mtime } = statSync(file);
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecord(content)) return;
    replaceFile(file, JSON.stringify({ ...content, ...progress }));
    utimesSync(file, atime, mtime);
    remembered.delete(file);
  } catch {
    // This process remembers it. After its death, a part may be sent twice.
  }
}

/** Forgets what is remembered about a message that was delivered. */
export function forgetProgress(file: string): void {
  remembered.delete(file);
}

function storedIn(file: string): DeliveryProgress {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { delivered, sentAlerts } = isRecord(content) ? content : {};
    return {
      delivered: Array.isArray(delivered) ? delivered.filter((address) => typeof address === 'string') : [],
      sentAlerts: typeof sentAlerts === 'number' ? sentAlerts : 0,
    };
  } catch {
    return { delivered: [], sentAlerts: 0 };
  }
}
