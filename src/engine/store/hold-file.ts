import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { keptAs, replaceFile } from '../../base/atomic-file.ts';
import { messageOf } from '../../base/thrown.ts';

/** `until` in ms since the epoch; null is without end. */
const holdSchema = z.object({ until: z.number().nullable() });
const fileSchema = z.object({
  version: z.literal(1),
  all: holdSchema.nullable(),
  programs: z.record(z.string(), holdSchema),
});

export type StoredHolds = Omit<z.output<typeof fileSchema>, 'version'>;

const NONE: StoredHolds = { all: null, programs: {} };

/** `holds.json`: for whom healing is held. It outlives the engine: whoever held it expects to find it so. */
export class HoldFile {
  readonly #path: string;
  #holds: StoredHolds = NONE;
  #dirty = false;

  constructor(path: string) {
    this.#path = path;
  }

  load(nowMs: number): { readonly holds: StoredHolds; readonly problem: string | null } {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {
      return { holds: NONE, problem: null };
    }
    try {
      this.#holds = fileSchema.parse(JSON.parse(text));
      return { holds: this.#holds, problem: null };
    } catch {
      this.#dirty = true;
      return { holds: NONE, problem: `"${this.#path}" is unreadable; ${keptAs(this.#path, nowMs)}` };
    }
  }

  put(holds: StoredHolds): void {
    this.#holds = holds;
    this.#dirty = true;
  }

  /** Gives the problem that kept it from being written, to be tried again at the next commit. */
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
