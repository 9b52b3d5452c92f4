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
  processes: z.record(
    z.string(),
    z.object({ restarts: z.array(restartSchema), cooldownUntil: z.iso.datetime().nullable() }),
  ),
});

type CooldownFileContent = z.output<typeof fileSchema>;
export type CooldownEntry = CooldownFileContent['processes'][string];

export interface CooldownLoad {
  readonly entries: ReadonlyMap<string, CooldownEntry>;
  readonly problem: string | null;
}

/** `cooldown_state.json`: the recent restarts of each program, and the end of its cooldown. */
export class CooldownFile {
  readonly #path: string;
  #entries = new Map<string, CooldownEntry>();
  #dirty = false;

  constructor(path: string) {
    this.#path = path;
  }

  load(nowMs: number): CooldownLoad {
    const { content, problem } = readJsonFile(this.#path, fileSchema, nowMs);
    this.#entries = new Map(Object.entries(content?.processes ?? {}));
    return { entries: this.#entries, problem };
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

  /** Writes changes. Returns the problem if that failed; the next commit retries it. */
  commit(): string | null {
    if (!this.#dirty) return null;
    const content: CooldownFileContent = { version: 1, processes: Object.fromEntries(this.#entries) };
    try {
      replaceFile(this.#path, `${JSON.stringify(content, null, 1)}\n`);
      this.#dirty = false;
      return null;
    } catch (error) {
      return messageOf(error);
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
