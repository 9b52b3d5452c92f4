import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
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

/** Messages that are not delivered yet, a file each, a folder for each channel. The name is the message's own: written twice it is still one. */
export class Spool {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** @throws the error of the system call that failed. */
  write(channel: Channel, message: AlertMessage, nowMs: number): SpooledMessage {
    const folder = join(this.#dir, channel);
    ensureFolder(folder);
    const file = join(folder, `${messageId(message)}${SUFFIX}`);
    replaceFile(file, JSON.stringify(message));
    return { file, writtenAt: nowMs };
  }

  /** Oldest first. */
  list(channel: Channel): SpooledMessage[] {
    const folder = join(this.#dir, channel);
    return readNames(folder)
      .filter((name) => name.endsWith(SUFFIX))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
      .map((name) => join(folder, name))
      .map((file) => ({ file, writtenAt: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }));
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
