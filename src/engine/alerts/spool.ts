import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFolder, replaceFile } from '../../base/atomic-file.ts';
import { type Letter, letterId } from '../../protocol/alert.ts';
import type { Channel } from '../../protocol/courier.ts';

/** A letter on disk. */
export interface SpooledLetter {
  readonly file: string;
  /** Wall clock in ms. */
  readonly writtenAt: number;
}

const SUFFIX = '.json';

/** Letters that are not delivered yet, a file each, a folder for each channel. The name is the letter's own: written twice it is still one. */
export class Spool {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** @throws the error of the system call that failed. */
  write(channel: Channel, letter: Letter, nowMs: number): SpooledLetter {
    const folder = join(this.#dir, channel);
    ensureFolder(folder);
    const file = join(folder, `${letterId(letter)}${SUFFIX}`);
    replaceFile(file, JSON.stringify(letter));
    return { file, writtenAt: nowMs };
  }

  /** Oldest first. */
  list(channel: Channel): SpooledLetter[] {
    const folder = join(this.#dir, channel);
    return readNames(folder)
      .filter((name) => name.endsWith(SUFFIX))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
      .map((name) => join(folder, name))
      .map((file) => ({ file, writtenAt: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }));
  }

  remove({ file }: SpooledLetter): void {
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
