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
  /** A program is formatted when the file is written, because a restart must not wait for that. */
  #entries = new Map<string, CooldownEntry | Program>();
  #dirty = false;
  /** When it may be written again, on the clock of `performance`. */
  #nextMs = -Infinity;

  constructor(path: string) {
    this.#path = path;
  }

  load(nowMs: number): CooldownLoad {
    const { content, problem } = readJsonFile(this.#path, fileSchema, nowMs);
    const entries = new Map(Object.entries(content?.processes ?? {}));
    this.#entries = new Map(entries);
    return { entries, seq: content?.seq ?? null, problem };
  }

  put(id: string, program: Program): void {
    if (hasEntry(program)) this.#entries.set(id, program);
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
    const entries = [...this.#entries].map(([id, entry]) => [id, 'spec' in entry ? entryOf(entry) : entry]);
    const processes = Object.fromEntries(entries) as CooldownFileContent['processes'];
    const content: CooldownFileContent = { version: 1, seq, processes };
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

function hasEntry({ state, counters }: Program): boolean {
  return state.name === 'cooldown' || counters.history.length > 0;
}

function entryOf({ state, counters }: Program): CooldownEntry {
  return {
    restarts: counters.history.map(({ at, cause }) => ({ at: new Date(at.wall).toISOString(), cause })),
    cooldownUntil: state.name === 'cooldown' ? new Date(state.until.wall).toISOString() : null,
  };
}
