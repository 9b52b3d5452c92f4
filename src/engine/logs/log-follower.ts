import type { LogLine } from '../../protocol/log-line.ts';
import { WIRE_LIMITS } from '../../protocol/limits.ts';
import { ChangeBell } from './change-bell.ts';
import { parseRecord } from './log-format.ts';
import { readTailBefore } from './log-reader.ts';
import { closeAll, openLogFile, openNewer, type TrailFile } from './log-trail.ts';
import { countLines } from './record-cut.ts';

const CHUNK_BYTES = 128 * 1024;
const NEWLINE = 0x0a;

/** Files that a slow reader may be behind. They are held open, so that rotation cannot take them away. */
const MAX_FILES_BEHIND = 4;

/** `skipped` lines are missing before these. Resolves when more can be taken. */
export type OnLines = (lines: readonly LogLine[], skipped: number) => Promise<void> | void;

/**
 * Gives the last `tail` lines of a log and then every line that comes, over rotations, none twice and none left out:
 * only a reader that stays behind several files is told of a gap instead. Ends when the signal says so.
 */
export async function followLog(dir: string, tail: number, onLines: OnLines, signal: AbortSignal): Promise<void> {
  const follower = new LogFollower(dir, onLines, signal);
  try {
    await follower.run(tail);
  } finally {
    await follower.close();
  }
}

class LogFollower {
  readonly #dir: string;
  readonly #onLines: OnLines;
  readonly #signal: AbortSignal;
  /** Files are noted as they appear, also while the reader is busy with older ones. */
  #bell: ChangeBell | null = null;
  /** Oldest first: the one that is being read, and those after it. */
  readonly #files: TrailFile[] = [];
  #offset = 0;
  #skipped = 0;
  #extending: Promise<void> | null = null;

  constructor(dir: string, onLines: OnLines, signal: AbortSignal) {
    this.#dir = dir;
    this.#onLines = onLines;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#bell?.close(), { once: true });
  }

  async run(tail: number): Promise<void> {
    const lines = await this.#start(tail);
    const bell = new ChangeBell(this.#dir, () => void this.#extend().catch(() => undefined));
    this.#bell = bell;
    await this.#deliver(lines);
    while (!this.#signal.aborted) {
      if (await this.#readOn()) continue;
      const known = this.#files.length;
      await this.#extend();
      if (known < 2 && this.#files.length === known) await bell.wait();
      else if (this.#files.length < 2) continue;
      // Now that there is a newer file, nothing comes to this one any more; what came before that is read first.
      else if (!(await this.#readOn())) await this.#turnPage();
    }
  }

  async close(): Promise<void> {
    this.#bell?.close();
    await this.#extending?.catch(() => undefined);
    await closeAll(this.#files.splice(0));
  }

  async #start(tail: number): Promise<LogLine[]> {
    const current = await openLogFile(this.#dir, 0);
    if (current === null) return [];
    this.#files.push(current);
    const { size } = await current.handle.stat();
    this.#offset = size;
    return readTailBefore(this.#dir, current, size, tail);
  }

  /** Delivers the next complete lines; false when there are none. */
  async #readOn(): Promise<boolean> {
    const file = this.#files[0];
    if (file === undefined) return false;
    const bytes = await this.#readLines(file);
    if (bytes.length === 0) return false;
    this.#offset += bytes.length;
    await this.#deliver(
      bytes
        .toString('utf8', 0, bytes.length - 1)
        .split('\n')
        .map(parseRecord),
    );
    return true;
  }

  async #readLines({ handle }: TrailFile): Promise<Buffer> {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, this.#offset);
    if (bytesRead === 0 && this.#offset > 0 && (await handle.stat()).size === 0) this.#offset = 0;
    const end = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
    // Longer than any record of ours: passed on in pieces.
    return chunk.subarray(0, end === 0 && bytesRead === CHUNK_BYTES ? CHUNK_BYTES : end);
  }

  async #deliver(lines: readonly LogLine[]): Promise<void> {
    for (let start = 0; start < lines.length && !this.#signal.aborted; start += WIRE_LIMITS.batchItems) {
      const skipped = this.#skipped;
      this.#skipped = 0;
      await this.#onLines(lines.slice(start, start + WIRE_LIMITS.batchItems), skipped);
    }
  }

  async #turnPage(): Promise<void> {
    const read = this.#files.shift();
    this.#offset = 0;
    await read?.handle.close();
  }

  /** Notes the files that were begun since, one look at a time. */
  #extend(): Promise<void> {
    this.#extending ??= this.#lookForNewer().finally(() => (this.#extending = null));
    return this.#extending;
  }

  async #lookForNewer(): Promise<void> {
    // Without a file so far, the program had not written when this began: all that there is came since.
    const { files, isComplete } = await openNewer(this.#dir, this.#files.at(-1));
    this.#files.push(...files);
    // How many were on files that nobody can open any more is not known; that there were some is.
    if (!isComplete) this.#skipped += 1;
    while (this.#files.length > MAX_FILES_BEHIND) await this.#skipFile();
  }

  /** The oldest of those that are not being read yet. */
  async #skipFile(): Promise<void> {
    const [file] = this.#files.splice(1, 1);
    if (file === undefined) return;
    this.#skipped += await countLinesOf(file);
    await file.handle.close();
  }
}

async function countLinesOf({ handle }: TrailFile): Promise<number> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let lines = 0;
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return lines;
    const bytes = chunk.subarray(0, bytesRead);
    lines += countLines(bytes) - (bytes.at(-1) === NEWLINE ? 0 : 1);
    position += bytesRead;
  }
}
