import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { keptAs, replaceFile } from '../../base/atomic-file.ts';
import type { AlertQueue } from '../../policy/alerts/alert-queue.ts';
import { ALERT_KINDS, type AlertKind } from '../../protocol/alert.ts';
import { eventKindSchema } from '../../protocol/event-kind-schema.ts';

const alertSchema = z.object({
  id: z.string().regex(/^[\w-]+$/),
  kind: z.enum(Object.keys(ALERT_KINDS) as AlertKind[]),
  subject: z.string(),
  process: z.string().nullable(),
  pid: z.number().nullable(),
  time: z.string(),
  reason: z.string(),
  facts: z.array(z.tuple([z.string(), z.string()])),
  done: z.array(z.string()),
  next: z.string(),
  heldBack: z.number(),
});
const tallySchema = z.object({
  process: z.string().nullable(),
  kind: eventKindSchema,
  acceptedAt: z.number(),
  seenAt: z.number(),
  heldBack: z.number(),
});
const fileSchema = z.object({
  version: z.literal(1),
  lastSeq: z.number().int().min(0),
  tallies: z.record(z.string(), tallySchema),
  failing: z.record(z.string(), z.number()),
  waiting: z.array(z.object({ alert: alertSchema, readyAt: z.number() })),
  storm: z.object({ digests: z.number(), lastAt: z.number() }).nullable(),
});

/** `alerts.json`: which events have been processed, so that no alert is lost or repeated after the engine was killed. */
export class AlertQueueFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Returns no queue if the file is missing or damaged. A damaged file is copied, and the problem names the copy. */
  load(nowMs: number): { readonly queue: AlertQueue | null; readonly problem: string | null } {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {
      return { queue: null, problem: null };
    }
    try {
      return { queue: fileSchema.parse(JSON.parse(text)), problem: null };
    } catch {
      return {
        queue: null,
        problem: `"${this.#path}" is damaged; ${keptAs(this.#path, nowMs)}`,
      };
    }
  }

  /** @throws the error of the failed system call */
  save(queue: AlertQueue): void {
    replaceFile(this.#path, `${JSON.stringify({ version: 1, ...queue })}\n`);
  }
}
