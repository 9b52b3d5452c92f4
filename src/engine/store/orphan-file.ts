import * as z from 'zod';
import { replaceFile } from '../../base/atomic-file.ts';
import { messageOf } from '../../base/thrown.ts';
import type { Tracked } from '../../policy/orphans.ts';
import { readJsonFile } from './read-json-file.ts';

const nameSchema = z.object({ pid: z.number().int(), startTicks: z.number(), name: z.string() });
const fileSchema = z.object({
  version: z.literal(1),
  /** Pids and start times are only valid within one boot. */
  bootId: z.string(),
  tracked: z.array(nameSchema.extend({ parent: nameSchema, trackedAt: z.string() })),
});

/** `orphans.json`: the tracked processes, which are terminated once their parents have exited. */
export class OrphanFile {
  readonly #path: string;
  readonly #bootId: string;

  constructor(path: string, bootId: string) {
    this.#path = path;
    this.#bootId = bootId;
  }

  load(nowMs: number): { readonly tracked: readonly Tracked[]; readonly problem: string | null } {
    const { content, problem } = readJsonFile(this.#path, fileSchema, nowMs);
    return { tracked: content?.bootId === this.#bootId ? content.tracked : [], problem };
  }

  /** Writes the file. Returns the problem if that failed. */
  save(tracked: readonly Tracked[]): string | null {
    try {
      replaceFile(this.#path, `${JSON.stringify({ version: 1, bootId: this.#bootId, tracked }, null, 1)}\n`);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }
}
