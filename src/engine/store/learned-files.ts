import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { ensureFolder, removeWithDraft, replaceFile } from '../../base/atomic-file.ts';
import { descriptors } from '../../base/descriptors.ts';
import { readRegularFile } from '../../base/regular-file.ts';

const amount = z.number().min(0);
const learnedSchema = z.object({
  version: z.literal(1),
  /** The run that the detectors observed. */
  run: z.object({ number: z.number().int(), pid: z.number().int(), startTicks: z.number().int().nullable() }),
  /** When it was written, in ms since the epoch. */
  atMs: z.number(),
  memory: z.object({
    toleratedMb: amount,
    leakMbPerMinute: z.number(),
    plateauMb: amount,
    longestCpuRunS: amount,
  }),
  /** The state of each detector, by its name and its input. */
  detectors: z.record(z.string(), z.array(z.number().nullable())),
  /** Repeats `atMs` after everything else: a write that was cut leaves the end of an earlier one. Absent in older files. */
  endMs: z.number().optional(),
});

/** What the detectors have learned about a program and its current run. */
export type Learned = Omit<z.output<typeof learnedSchema>, 'version' | 'endMs'>;

/** Where it is kept between engines. */
export interface LearnedStore {
  /** Returns null if nothing is known, or nothing that can be read: the detectors start from scratch then. */
  load(id: string): Learned | null;
  save(id: string, learned: Learned): void;
  forget(id: string): void;
}

/** A file in place must not be a link, and a FIFO there must not block. */
const IN_PLACE = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * `learned/ID.json`: what the detectors have learned, a few KB for each program. A file that cannot be written or read costs
 * only time: the detectors observe again.
 *
 * A file that exists is overwritten in place. Replacing it takes ten times as long, because the file system writes a file
 * to the disk before it takes the name of another, and every program has a file that is saved every two minutes.
 */
export class LearnedFiles implements LearnedStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  load(id: string): Learned | null {
    try {
      const [line = ''] = readRegularFile(this.#pathOf(id)).content.toString('utf8').split('\n', 1);
      const parsed = learnedSchema.safeParse(JSON.parse(line));
      if (!parsed.success) return null;
      const { run, atMs, memory, detectors, endMs = atMs } = parsed.data;
      return endMs === atMs ? { run, atMs, memory, detectors } : null;
    } catch {
      return null;
    }
  }

  save(id: string, learned: Learned): void {
    const path = this.#pathOf(id);
    const content = `${JSON.stringify({ version: 1, ...learned, endMs: learned.atMs })}\n`;
    try {
      if (overwrite(path, content)) return;
      ensureFolder(dirname(path));
      replaceFile(path, content);
    } catch {
      // The next save may succeed.
    }
  }

  forget(id: string): void {
    try {
      removeWithDraft(this.#pathOf(id));
    } catch {
      // A leftover file belongs to a run that no later run matches.
    }
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

/** Writes content over that of a file, by one system call. Returns false if there is no regular file, or it was not written. */
function overwrite(path: string, content: string): boolean {
  try {
    return descriptors.withReserve(() => {
      const fd = openSync(path, IN_PLACE);
      try {
        const bytes = Buffer.from(content);
        if (!fstatSync(fd).isFile() || writeSync(fd, bytes, 0, bytes.length, 0) < bytes.length) return false;
        ftruncateSync(fd, bytes.length);
        return true;
      } finally {
        closeSync(fd);
      }
    });
  } catch {
    return false;
  }
}
