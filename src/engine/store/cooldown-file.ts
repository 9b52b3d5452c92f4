import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { keptAs, replaceFile } from '../../base/atomic-file.ts';
import { messageOf } from '../../base/thrown.ts';
import type { Program } from '../../policy/lifecycle/state.ts';
import { RESTART_CAUSES } from '../../protocol/restart-cause.ts';

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

/** `cooldown_state.json`: who restarted when, and who rests until when (SPEC section 5). */
export class CooldownFile {
  readonly #path: string;
  #entries = new Map<string, CooldownEntry>();
  #dirty = false;

  constructor(path: string) {
    this.#path = path;
  }

  load(nowMs: number): CooldownLoad {
    const { content, problem } = readContent(this.#path, nowMs);
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

  /** Gives the problem that kept it from being written, to be tried again at the next commit. */
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

/** Null for a program that never restarted: there is nothing to remember. */
function entryOf({ state, counters }: Program): CooldownEntry | null {
  if (state.name !== 'cooldown' && counters.history.length === 0) return null;
  return {
    restarts: counters.history.map(({ at, cause }) => ({ at: new Date(at.wall).toISOString(), cause })),
    cooldownUntil: state.name === 'cooldown' ? new Date(state.until.wall).toISOString() : null,
  };
}

function readContent(path: string, nowMs: number): { content: CooldownFileContent | null; problem: string | null } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { content: null, problem: null };
  }
  try {
    return { content: fileSchema.parse(JSON.parse(text)), problem: null };
  } catch {
    return { content: null, problem: `"${path}" is unreadable; ${keptAs(path, nowMs)}` };
  }
}
