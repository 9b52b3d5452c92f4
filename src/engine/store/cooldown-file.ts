import * as z from 'zod';
import { replaceFile } from '../../base/atomic-file.ts';
import { messageOf } from '../../base/thrown.ts';
import type { Program } from '../../policy/lifecycle/state.ts';
import { RESTART_CAUSES } from '../../protocol/restart-cause.ts';
import { readJsonFile } from './read-json-file.ts';

const restartSchema = z.object({
  at: z.iso.datetime(),
  cause: z.enum(RESTART_CAUSES),
});
const fileSchema = z.object({
  version: z.literal(1),
  /** The number of the last event when it was written; earlier versions did not store it. */
  seq: z.number().int().min(0).optional(),
  processes: z.record(
    z.string(),
    z.object({ restarts: z.array(restartSchema), cooldownUntil: z.iso.datetime().nullable() }),
  ),
});

type CooldownFileContent = z.output<typeof fileSchema>;
export type CooldownEntry = CooldownFileContent['processes'][string];

export interface CooldownLoad {
  readonly entries: ReadonlyMap<string, CooldownEntry>;
  /** The number of the last event that the entries reflect; null if it is unknown. */
  readonly seq: number | null;
  readonly problem: string | null;
}

/** Writing may take at most one part in this many of the time. */
const SHARE = 10;

/**
 * `cooldown_state.json`: the recent restarts of each program, and the end of its cooldown. It is written as a whole, so a burst
 * of changes to a large file is collected. The state file records each change at once; this file is needed if that one is lost.
 */
export class CooldownFile {
  readonly #path: string;
  #entries = new Map<string, CooldownEntry>();
  #dirty = false;
  /** When it may be written again, on the clock of `performance`. */
  #nextMs = -Infinity;

  constructor(path: string) {
    this.#path = path;
  }

  load(nowMs: number): CooldownLoad {
    const { content, problem } = readJsonFile(this.#path, fileSchema, nowMs);
    this.#entries = new Map(Object.entries(content?.processes ?? {}));
    return { entries: this.#entries, seq: content?.seq ?? null, problem };
  }

  put(id: string, program: Program): void {
    const entry = entryOf(program);
    if (entry !== null) this.#entries.set(id, entry);
    else if (!this.#entries.delete(id)) return;
    this.#dirty = true;
  }

  remove(id: string): void {
    if (this.#entries.delete(id)) this.#dirty = true;
  }

  /** The time in ms until changes that a commit postponed can be written; null if there are none. */
  get dueInMs(): number | null {
    return this.#dirty ? Math.max(0, this.#nextMs - performance.now()) : null;
  }

  /**
   * Writes changes, unless it was written a moment ago. Returns the problem if that failed; the next commit retries it.
   * @param seq the number of the last event
   */
  commit(seq: number): string | null {
    return performance.now() < this.#nextMs ? null : this.flush(seq);
  }

  /** Writes changes in any case. Returns the problem if that failed. */
  flush(seq: number): string | null {
    if (!this.#dirty) return null;
    const content: CooldownFileContent = { version: 1, seq, processes: Object.fromEntries(this.#entries) };
    const began = performance.now();
    try {
      replaceFile(this.#path, `${JSON.stringify(content, null, 1)}\n`);
      this.#dirty = false;
      return null;
    } catch (error) {
      return messageOf(error);
    } finally {
      const ended = performance.now();
      this.#nextMs = ended + (SHARE - 1) * (ended - began);
    }
  }
}

/** Returns null for a program without restarts in its history. */
function entryOf({ state, counters }: Program): CooldownEntry | null {
  if (state.name !== 'cooldown' && counters.history.length === 0) return null;
  return {
    restarts: counters.history.map(({ at, cause }) => ({ at: new Date(at.wall).toISOString(), cause })),
    cooldownUntil: state.name === 'cooldown' ? new Date(state.until.wall).toISOString() : null,
  };
}
