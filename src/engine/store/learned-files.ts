import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { PRIVATE_FOLDER, removeWithDraft, replaceFile } from '../../base/atomic-file.ts';

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
});

/** What the detectors have learned about a program and its current run. */
export type Learned = Omit<z.output<typeof learnedSchema>, 'version'>;

/** Where it is kept between engines. */
export interface LearnedStore {
  /** Returns null if nothing is known, or nothing that can be read: the detectors start from scratch then. */
  load(id: string): Learned | null;
  save(id: string, learned: Learned): void;
  forget(id: string): void;
}

/**
 * `learned/ID.json`: what the detectors have learned, a few KB for each program. A file that cannot be written or read costs
 * only time: the detectors observe again.
 */
export class LearnedFiles implements LearnedStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  load(id: string): Learned | null {
    try {
      const parsed = learnedSchema.safeParse(JSON.parse(readFileSync(this.#pathOf(id), 'utf8')));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }

  save(id: string, learned: Learned): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: PRIVATE_FOLDER });
      replaceFile(this.#pathOf(id), JSON.stringify({ version: 1, ...learned }));
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
