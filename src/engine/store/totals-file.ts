import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { keepAside } from '../../base/atomic-file.ts';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { AppendFile, type AppendResult } from './append-file.ts';

const count = z.number().int().min(0);
const seconds = z.number().min(0);
const totalsSchema = z.object({
  id: z.string(),
  /** When counting began, in ms since the epoch. */
  since: z.number(),
  cpu: z.object({
    seconds,
    current: z
      .object({ run: count, pid: count, startTicks: z.number().int().nullable(), clockSeconds: seconds })
      .nullable(),
    endedRun: count,
  }),
  cooldowns: count,
  restarts: z.record(z.string(), count),
  anomalies: z.record(z.string(), count),
  /** The last event that is counted; later ones may have to be added. */
  seq: count,
});

/** The totals of one program, as one engine leaves them to the next. */
export type StoredTotals = z.output<typeof totalsSchema>;

export interface LoadedTotals {
  /** By program, including programs that were removed; oldest first. */
  readonly totals: ReadonlyMap<string, StoredTotals>;
  /** Whether there was a file. Without one, nothing was counted before. */
  readonly exists: boolean;
  readonly problem: string | null;
}

/** Size of obsolete lines above which the file is compacted. */
const GARBAGE_BYTES = 1024 * 1024;

/**
 * `totals.ndjson`: the counters of programs, as JSON lines in which the last line about a program counts. They outlive the
 * engine and the removal of programs, because clients of the metrics treat a decrease as a new beginning.
 */
export class TotalsFile {
  readonly #path: string;
  readonly #file: AppendFile;
  #compactAtBytes = GARBAGE_BYTES;

  constructor(path: string) {
    this.#path = path;
    this.#file = new AppendFile(path);
  }

  load(nowMs: number): LoadedTotals {
    const { text, problem } = readIfPresent(this.#path);
    // The bytes after the last newline were being written when the engine died.
    const lines = (text ?? '').split('\n').slice(0, -1);
    const totals = new Map<string, StoredTotals>();
    const unreadable: number[] = [];
    lines.forEach((line, index) => {
      const parsed = totalsSchema.safeParse(parseJson(line));
      if (!parsed.success) {
        unreadable.push(index + 1);
        return;
      }
      totals.delete(parsed.data.id);
      totals.set(parsed.data.id, parsed.data);
    });
    const damage = unreadable.length === 0 ? null : this.#describeDamage(unreadable, nowMs);
    return { totals, exists: text !== null, problem: problem ?? damage };
  }

  /** Writes changed totals. @param all returns every program, in case the file has to be rewritten */
  append(changed: readonly StoredTotals[], all: () => Iterable<StoredTotals>): AppendResult {
    if (changed.length === 0) return { written: true, problem: null, dropped: 0 };
    if (!this.#file.isInPlace()) return this.rewrite(all());
    const result = this.#file.append(changed.map((totals) => JSON.stringify(totals)));
    return this.#file.sizeBytes > this.#compactAtBytes ? this.rewrite(all()) : result;
  }

  /** Writes all totals to a new file. If that fails, the previous file stays in use. */
  rewrite(all: Iterable<StoredTotals>): AppendResult {
    const text = [...all].map((totals) => `${JSON.stringify(totals)}\n`).join('');
    this.#compactAtBytes = text.length * 2 + GARBAGE_BYTES;
    return this.#file.rewrite(text);
  }

  close(): void {
    this.#file.close();
  }

  #describeDamage(lines: readonly number[], nowMs: number): string {
    const what = lines.length === 1 ? `line ${String(lines[0])}` : `${String(lines.length)} lines`;
    const found = `${what} of "${this.#path}" cannot be read: some counters of the metrics start again from 0`;
    try {
      return `${found}; a copy was kept as "${keepAside(this.#path, nowMs)}"`;
    } catch (error) {
      return `${found}; no copy could be kept: ${messageOf(error)}`;
    }
  }
}

function readIfPresent(path: string): { readonly text: string | null; readonly problem: string | null } {
  try {
    return { text: readFileSync(path, 'utf8'), problem: null };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { text: null, problem: null };
    return { text: null, problem: `cannot read the counters of the metrics: ${messageOf(error)}` };
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
