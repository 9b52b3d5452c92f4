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
  repeats: z.number().int().min(0).exactOptional(),
  latest: alertSchema.exactOptional(),
  mutedUntil: z.number().exactOptional(),
});
const recoverySchema = z.object({ since: z.string(), alerts: z.number(), lastId: z.string(), dueAt: z.number() });
const fileSchema = z.object({
  version: z.literal(1),
  lastSeq: z.number().int().min(0),
  tallies: z.record(z.string(), tallySchema),
  failing: z.record(z.string(), z.number()),
  waiting: z.array(
    z.object({
      alert: alertSchema,
      readyAt: z.number(),
      isRepeat: z.boolean().exactOptional(),
      isQuiet: z.boolean().exactOptional(),
    }),
  ),
  storm: z.object({ digests: z.number(), lastAt: z.number() }).nullable(),
  recoveries: z.record(z.string(), recoverySchema).exactOptional(),
  overflow: z.number().exactOptional(),
});

/**
 * `alerts.json`: which events have been processed, so that no alert is lost or repeated after the engine was killed. A
 * second file with the same content replaces it if it is damaged or removed.
 */
export class AlertQueueFile {
  readonly #path: string;
  readonly #spare: string;

  constructor(path: string) {
    this.#path = path;
    this.#spare = `${path}.spare`;
  }

  /**
   * Returns no queue if both files are missing or damaged. A damaged file is copied, and the problem names the copy; if the
   * file is missing, the problem is null.
   */
  load(nowMs: number): { readonly queue: AlertQueue | null; readonly problem: string | null } {
    const own = readQueue(this.#path);
    if (own.kind === 'read') return { queue: own.queue, problem: null };
    const spare = readQueue(this.#spare);
    const queue = spare.kind === 'read' ? spare.queue : null;
    if (own.kind === 'missing') return { queue, problem: null };
    const problem = `"${this.#path}" is damaged; ${keptAs(this.#path, nowMs)}`;
    return {
      queue,
      problem: queue === null ? problem : `${problem}; no alert is lost, because "${this.#spare}" is intact`,
    };
  }

  /** @throws the error of the failed system call */
  save(queue: AlertQueue): void {
    const text = `${JSON.stringify({ version: 1, ...queue })}\n`;
    // The spare file is never older than the other one, so that it repeats no alert.
    replaceFile(this.#spare, text);
    replaceFile(this.#path, text);
  }
}

type ReadQueue = { readonly kind: 'read'; readonly queue: AlertQueue } | { readonly kind: 'missing' | 'damaged' };

function readQueue(path: string): ReadQueue {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { kind: 'missing' };
  }
  try {
    return { kind: 'read', queue: fileSchema.parse(JSON.parse(text)) };
  } catch {
    return { kind: 'damaged' };
  }
}
