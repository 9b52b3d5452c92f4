import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { untilNext } from '../../base/aligned-timer.ts';
import { isOnLocalFileSystem } from '../../base/local-file-system.ts';
import { codeOf } from '../../base/thrown.ts';

interface PollTiming {
  /** The time between two checks of the file. */
  readonly intervalMs: number;
  /** How long a file has to stay unchanged before an edit is reported, because editors write in several steps. */
  readonly settleMs: number;
  /** The same for a file that became empty: most programs truncate a file before they rewrite it. */
  readonly emptyMs: number;
}

const TIMING: PollTiming = { intervalMs: 500, settleMs: 200, emptyMs: 3_000 };

interface FileVersion {
  /** Differs between any two versions of the file. */
  readonly mark: string;
  readonly isEmpty: boolean;
}

/** How many checks use the same answer to the question where the file is: something may be mounted there. */
const CHECKS_PER_PLACE = 60;

/**
 * Polls a file every 500 ms and calls back once after each edit, including its removal and return. Start before the file
 * is first read, so that no edit in between is missed.
 *
 * It polls because inotify reports on the whole folder: a program that writes its log there many times a second would
 * keep the engine busy. inotify also misses changes behind symbolic links and on network file systems. A check of a local
 * file takes some microseconds, at moments at which the engine is awake anyway. Others are checked in a thread.
 */
export function pollSource(path: string, onChange: () => void, timing: PollTiming = TIMING): { close: () => void } {
  return new SourcePoll(path, onChange, timing);
}

class SourcePoll {
  readonly #path: string;
  readonly #onChange: () => void;
  readonly #timing: PollTiming;
  #timer: NodeJS.Timeout | undefined;
  /** The mark of the version that was reported last. */
  #reported: string;
  #current: FileVersion;
  #currentSinceMs = performance.now();
  #isClosed = false;
  #isLocal = false;
  #checks = 0;

  constructor(path: string, onChange: () => void, timing: PollTiming) {
    this.#path = path;
    this.#onChange = onChange;
    this.#timing = timing;
    this.#current = versionNow(path);
    this.#reported = this.#current.mark;
    this.#checkIn(untilNext(timing.intervalMs));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #checkIn(ms: number): void {
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#check(), ms).unref();
  }

  async #check(): Promise<void> {
    const previous = this.#current;
    if (this.#checks++ % CHECKS_PER_PLACE === 0) this.#isLocal = await isOnLocalFileSystem(this.#path);
    this.#current = this.#isLocal ? versionNow(this.#path) : await versionOf(this.#path);
    const isNew = this.#current.mark !== previous.mark;
    if (isNew) this.#currentSinceMs = performance.now();
    const isSettling = isNew || this.#isJustEmptied();
    if (!isSettling && this.#current.mark !== this.#reported && !this.#isClosed) {
      this.#reported = this.#current.mark;
      this.#onChange();
    }
    this.#checkIn(isSettling ? this.#timing.settleMs : untilNext(this.#timing.intervalMs));
  }

  #isJustEmptied(): boolean {
    const { mark, isEmpty } = this.#current;
    return isEmpty && mark !== this.#reported && performance.now() - this.#currentSinceMs < this.#timing.emptyMs;
  }
}

/** The mark includes the change time, so that a file that became readable counts as edited. */
function versionFrom({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileVersion {
  return { mark: [dev, ino, size, mtimeNs, ctimeNs].join(':'), isEmpty: size === 0n };
}

/** The version of a file that does not exist, whichever way that is found. */
const MISSING: FileVersion = { mark: 'ENOENT', isEmpty: false };

function versionFromError(error: unknown): FileVersion {
  return { mark: String(codeOf(error)), isEmpty: false };
}

async function versionOf(path: string): Promise<FileVersion> {
  try {
    return versionFrom(await stat(path, { bigint: true }));
  } catch (error) {
    return versionFromError(error);
  }
}

/** Most files that are polled do not exist, and an exception for each of them would cost more than everything else here. */
function versionNow(path: string): FileVersion {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? MISSING : versionFrom(stats);
  } catch (error) {
    return versionFromError(error);
  }
}
