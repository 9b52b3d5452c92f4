import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { statsOf } from '../../base/stats-of.ts';
import { ensureFolder, replaceFile } from '../../base/atomic-file.ts';
import { type AlertMessage, messageId } from '../../protocol/alert.ts';
import type { Channel } from '../../protocol/alert-delivery.ts';

/** A message on disk. */
export interface SpooledMessage {
  readonly file: string;
  /** Wall clock in ms. */
  readonly writtenAt: number;
}

const SUFFIX = '.json';

/**
 * Undelivered messages: one file per message, one folder per channel. The file name is the id of the message, so a message
 * that is written twice is stored once.
 */
export class Spool {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Stores a message. @throws the error of the failed system call */
  write(channel: Channel, message: AlertMessage, nowMs: number): SpooledMessage {
    const folder = join(this.#dir, channel);
    ensureFolder(folder);
    const file = join(folder, `${messageId(message)}${SUFFIX}`);
    replaceFile(file, JSON.stringify(message));
    return { file, writtenAt: nowMs };
  }

  /** Returns the messages of a channel, oldest first. A message about a recovery is after the alert that it is named after. */
  list(channel: Channel): SpooledMessage[] {
    const folder = join(this.#dir, channel);
    return readNames(folder)
      .filter((name) => name.endsWith(SUFFIX))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || a.length - b.length)
      .map((name) => join(folder, name))
      .map((file) => ({ file, writtenAt: statsOf(file)?.mtimeMs ?? 0 }));
  }

  remove({ file }: SpooledMessage): void {
    rmSync(file, { force: true });
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
