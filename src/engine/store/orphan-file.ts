import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { keptAs, replaceFile } from '../../base/atomic-file.ts';
import { messageOf } from '../../base/thrown.ts';
import type { Tracked } from '../../policy/orphans.ts';

const nameSchema = z.object({ pid: z.number().int(), startTicks: z.number(), name: z.string() });
const fileSchema = z.object({
  version: z.literal(1),
  /** Pids and start times of another boot mean nothing. */
  bootId: z.string(),
  tracked: z.array(nameSchema.extend({ parent: nameSchema, trackedAt: z.string() })),
});

/** `orphans.json`: the processes that are to end with their parents. */
export class OrphanFile {
  readonly #path: string;
  readonly #bootId: string;

  constructor(path: string, bootId: string) {
    this.#path = path;
    this.#bootId = bootId;
  }

  load(nowMs: number): { readonly tracked: readonly Tracked[]; readonly problem: string | null } {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {
      return { tracked: [], problem: null };
    }
    try {
      const { bootId, tracked } = fileSchema.parse(JSON.parse(text));
      return { tracked: bootId === this.#bootId ? tracked : [], problem: null };
    } catch {
      return { tracked: [], problem: `"${this.#path}" is unreadable; ${keptAs(this.#path, nowMs)}` };
    }
  }

  /** Gives the problem that kept it from being written. */
  save(tracked: readonly Tracked[]): string | null {
    try {
      replaceFile(this.#path, `${JSON.stringify({ version: 1, bootId: this.#bootId, tracked }, null, 1)}\n`);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }
}
