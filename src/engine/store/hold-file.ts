import * as z from 'zod';
import { replaceFile } from '../../base/atomic-file.ts';
import { messageOf } from '../../base/thrown.ts';
import { readJsonFile } from './read-json-file.ts';

/** `until` in ms since the epoch; null is indefinitely. `forMs` is its length; earlier versions did not store it. */
const holdSchema = z.object({ until: z.number().nullable(), forMs: z.number().optional() });
const fileSchema = z.object({
  version: z.literal(1),
  all: holdSchema.nullable(),
  programs: z.record(z.string(), holdSchema),
});

export type StoredHolds = Omit<z.output<typeof fileSchema>, 'version'>;

const NONE: StoredHolds = { all: null, programs: {} };

/** `holds.json`: the programs whose healing is paused. It outlives the engine, since only an operator resumes healing. */
export class HoldFile {
  readonly #path: string;
  #holds: StoredHolds = NONE;
  #dirty = false;

  constructor(path: string) {
    this.#path = path;
  }

  load(nowMs: number): { readonly holds: StoredHolds; readonly problem: string | null } {
    const { content, problem } = readJsonFile(this.#path, fileSchema, nowMs);
    this.#holds = content ?? NONE;
    // Replaces a damaged file.
    this.#dirty = problem !== null;
    return { holds: this.#holds, problem };
  }

  put(holds: StoredHolds): void {
    this.#holds = holds;
    this.#dirty = true;
  }

  /** Writes changes. Returns the problem if that failed; the next commit retries it. */
  commit(): string | null {
    if (!this.#dirty) return null;
    try {
      replaceFile(this.#path, `${JSON.stringify({ version: 1, ...this.#holds })}\n`);
      this.#dirty = false;
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }
}
