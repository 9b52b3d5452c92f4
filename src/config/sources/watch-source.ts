import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { codeOf } from '../../base/thrown.ts';

interface WatchTiming {
  /** How often the file is looked at. */
  readonly lookMs: number;
  /** How long it has to stay as it is before a change counts: editors write in several steps. */
  readonly settleMs: number;
}

const TIMING: WatchTiming = { lookMs: 500, settleMs: 100 };

/**
 * Calls back once after each edit of a file, its removal and return included. Begin before the first load, so that no
 * edit falls between the two.
 *
 * It looks instead of being told. The kernel tells of a folder, and a program that writes its own log there many times a
 * second would keep the engine busy; of links, of what they lead to and of network folders it tells nothing.
 */
export function watchSource(path: string, onChange: () => void, timing: WatchTiming = TIMING): { close: () => void } {
  return new SourceWatch(path, onChange, timing);
}

class SourceWatch {
  readonly #path: string;
  readonly #onChange: () => void;
  readonly #timing: WatchTiming;
  #timer: NodeJS.Timeout | undefined;
  /** What was told last. */
  #told: string;
  /** What the last look found. */
  #found: string;
  #isClosed = false;

  constructor(path: string, onChange: () => void, timing: WatchTiming) {
    this.#path = path;
    this.#onChange = onChange;
    this.#timing = timing;
    this.#told = fingerprintNow(path);
    this.#found = this.#told;
    this.#lookIn(timing.lookMs);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #lookIn(ms: number): void {
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#look(), ms).unref();
  }

  async #look(): Promise<void> {
    const before = this.#found;
    this.#found = await fingerprint(this.#path);
    const isSettling = this.#found !== before;
    if (!isSettling && this.#found !== this.#told && !this.#isClosed) {
      this.#told = this.#found;
      this.#onChange();
    }
    this.#lookIn(isSettling ? this.#timing.settleMs : this.#timing.lookMs);
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
    return String(codeOf(error));
  }
}

function fingerprintNow(path: string): string {
  try {
    return describe(statSync(path, { bigint: true }));
  } catch (error) {
    return String(codeOf(error));
  }
}
