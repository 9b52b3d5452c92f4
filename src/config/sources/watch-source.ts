import { type BigIntStats, type FSWatcher, statSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

interface WatchTiming {
  /** How long the file has to stay as it is before a change counts: editors write in several steps. */
  readonly settleMs: number;
  /** How often the file is looked at whatever the kernel says: of links and network folders it says nothing. */
  readonly checkMs: number;
}

const TIMING: WatchTiming = { settleMs: 100, checkMs: 700 };

/**
 * Calls back once after each edit of a file, its removal and return included. Watches the folder, since editors
 * replace a file by renaming and a removed file takes its watch with it. Begin before the first load, so that no edit
 * falls between the two.
 */
export function watchSource(path: string, onChange: () => void, timing: WatchTiming = TIMING): { close: () => void } {
  return new SourceWatch(path, onChange, timing);
}

class SourceWatch {
  readonly #path: string;
  readonly #onChange: () => void;
  readonly #settleMs: number;
  readonly #checks: NodeJS.Timeout;
  #folderWatch: FSWatcher | null = null;
  #settling: NodeJS.Timeout | undefined;
  #seen: string;
  #isClosed = false;

  constructor(path: string, onChange: () => void, { settleMs, checkMs }: WatchTiming) {
    this.#path = path;
    this.#onChange = onChange;
    this.#settleMs = settleMs;
    this.#watchFolder();
    this.#seen = fingerprintNow(path);
    this.#checks = setInterval(() => void this.#check(), checkMs).unref();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#checks);
    clearTimeout(this.#settling);
    this.#dropFolderWatch();
  }

  #watchFolder(): void {
    try {
      this.#folderWatch = watch(dirname(this.#path), { persistent: false }, (_kind, name) => {
        if (name === null || name === basename(this.#path)) this.#waitUntilSettled();
      });
      this.#folderWatch.on('error', () => this.#dropFolderWatch());
    } catch {
      // No such folder yet, or no watches left on this machine: the regular check finds what changes, and tries again.
      this.#folderWatch = null;
    }
  }

  #dropFolderWatch(): void {
    this.#folderWatch?.close();
    this.#folderWatch = null;
  }

  #waitUntilSettled(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => void this.#report(), this.#settleMs).unref();
  }

  async #check(): Promise<void> {
    if (this.#folderWatch === null) this.#watchFolder();
    const isChanged = (await fingerprint(this.#path)) !== this.#seen;
    if (isChanged && !this.#isClosed) this.#waitUntilSettled();
  }

  async #report(): Promise<void> {
    const found = await fingerprint(this.#path);
    if (found === this.#seen || this.#isClosed) return;
    this.#seen = found;
    this.#onChange();
  }
}

/** What is different after any edit. The change time is part of it: a file that was made readable counts as edited. */
function describe({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

async function fingerprint(path: string): Promise<string> {
  try {
    return describe(await stat(path, { bigint: true }));
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

function fingerprintNow(path: string): string {
  try {
    return describe(statSync(path, { bigint: true }));
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
