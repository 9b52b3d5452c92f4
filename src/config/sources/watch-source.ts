import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { codeOf } from '../../base/thrown.ts';

interface WatchTiming {
  /** How often the file is looked at. */
  readonly lookMs: number;
  /** How long it has to stay as it is before a change counts: editors write in several steps. */
  readonly settleMs: number;
  /** The same for a file that was emptied: most who write it anew begin with that, and some think before they go on. */
  readonly emptyMs: number;
}

const TIMING: WatchTiming = { lookMs: 500, settleMs: 200, emptyMs: 3_000 };

interface Sight {
  readonly mark: string;
  readonly isEmpty: boolean;
}

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
  #found: Sight;
  #foundSinceMs = performance.now();
  #isClosed = false;

  constructor(path: string, onChange: () => void, timing: WatchTiming) {
    this.#path = path;
    this.#onChange = onChange;
    this.#timing = timing;
    this.#found = lookNow(path);
    this.#told = this.#found.mark;
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
    this.#found = await look(this.#path);
    const isNew = this.#found.mark !== before.mark;
    if (isNew) this.#foundSinceMs = performance.now();
    const isSettling = isNew || this.#isJustEmptied();
    if (!isSettling && this.#found.mark !== this.#told && !this.#isClosed) {
      this.#told = this.#found.mark;
      this.#onChange();
    }
    this.#lookIn(isSettling ? this.#timing.settleMs : this.#timing.lookMs);
  }

  #isJustEmptied(): boolean {
    const { mark, isEmpty } = this.#found;
    return isEmpty && mark !== this.#told && performance.now() - this.#foundSinceMs < this.#timing.emptyMs;
  }
}

/** What is different after any edit. The change time is part of it: a file that was made readable counts as edited. */
function sightOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): Sight {
  return { mark: [dev, ino, size, mtimeNs, ctimeNs].join(':'), isEmpty: size === 0n };
}

function sightOfNone(error: unknown): Sight {
  return { mark: String(codeOf(error)), isEmpty: false };
}

async function look(path: string): Promise<Sight> {
  try {
    return sightOf(await stat(path, { bigint: true }));
  } catch (error) {
    return sightOfNone(error);
  }
}

function lookNow(path: string): Sight {
  try {
    return sightOf(statSync(path, { bigint: true }));
  } catch (error) {
    return sightOfNone(error);
  }
}
