import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { mergeRows } from '../../client/attach/merge-rows.ts';
import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { wholeSnapshots } from '../../client/attach/whole-snapshots.ts';
import { HealerError } from '../../protocol/errors.ts';
import { statePhrase } from '../../protocol/process-state.ts';
import type { ProcessRow, SnapshotRow } from '../../protocol/snapshot.ts';
import type { Context } from '../command/context.ts';
import type { Outcome } from '../output/outcomes.ts';
import { NOT_REACHED, type Progress, progressTo, type WaitGoal } from './wait-goals.ts';

const LOOK_MS = 100;

/** What to wait for, and how long in ms. */
export interface WaitOptions {
  readonly goal: WaitGoal;
  readonly timeoutMs: number;
  /** Judges how far a program is; by default `progressTo` the goal. */
  readonly judge?: (first: SnapshotRow, row: SnapshotRow | undefined) => Progress;
  /** Whether to show progress instead of a line for each program that has reached the goal. */
  readonly showsProgress?: boolean;
}

interface Reached {
  readonly state: string | null;
  readonly pid: number | null;
  readonly tookMs: number;
}

/** Waits for programs, and prints a line for each. */
export class ProgramWait {
  readonly outcomes: Outcome<Reached>[] = [];
  readonly #context: Context;
  readonly #client: ReconnectingClient;
  readonly #options: WaitOptions;
  readonly #began = performance.now();
  readonly #left = new Map<string, SnapshotRow>();
  #rows: readonly SnapshotRow[] = [];

  constructor(context: Context, client: ReconnectingClient, options: WaitOptions) {
    this.#context = context;
    this.#client = client;
    this.#options = options;
  }

  /** Fails the programs without a health check: they never become healthy. */
  async failUnchecked(rows: readonly ProcessRow[]): Promise<void> {
    const details = await Promise.all(rows.map(({ id }) => this.#client.api.describe({ id })));
    for (const { spec } of details) {
      if (spec.health !== null) continue;
      const message = `"${spec.id}" has no health check — use "--for ready"`;
      this.#fail(spec.id, new HealerError('INVALID_STATE', message, { id: spec.id }));
    }
  }

  /** Resolves once every program has an outcome, with true for Ctrl-C. */
  async end(rows: readonly ProcessRow[]): Promise<boolean> {
    const failed = new Set(this.outcomes.map(({ id }) => id));
    for (const row of rows) if (!failed.has(row.id)) this.#left.set(row.id, row);
    this.#rows = rows;
    this.#judge();
    if (this.#left.size === 0) return false;
    return new Promise<boolean>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#expire();
        resolve(false);
      }, this.#options.timeoutMs);
      const finish = (isInterrupted: boolean): void => {
        clearTimeout(timer);
        resolve(isInterrupted);
      };
      process.once('SIGINT', () => {
        finish(true);
      });
      const onSnapshot = wholeSnapshots((snapshot) => {
        this.#rows = mergeRows(this.#rows, snapshot);
        this.#judge();
        if (this.#left.size === 0) finish(false);
      });
      const onRefused = (error: HealerError): void => {
        clearTimeout(timer);
        reject(error);
      };
      this.#client.subscribe('snapshot', { intervalMs: LOOK_MS }, onSnapshot, { onRefused });
    });
  }

  #judge(): void {
    const rows = new Map(this.#rows.map((row) => [row.id, row]));
    const { terminal } = this.#context;
    for (const [id, first] of this.#left) {
      const row = rows.get(id);
      const { goal, judge } = this.#options;
      const progress = judge === undefined ? progressTo(goal, first, row) : judge(first, row);
      if (progress.kind === 'pending') continue;
      if (progress.kind === 'reached') this.#succeed(id, row, progress.how);
      else {
        const message = `"${id}" ${progress.why} — "healer ${row === undefined ? 'ls" lists all programs' : `why ${id}" explains it`}`;
        this.#fail(id, new HealerError('INVALID_STATE', message, { id, state: row?.state ?? null }));
      }
    }
    if (this.#options.showsProgress !== true) return;
    const done = this.outcomes.length;
    const total = done + this.#left.size;
    terminal.progress(this.#left.size === 0 ? null : `waiting for programs: ${done} of ${total} ready`);
  }

  #expire(): void {
    this.#context.terminal.progress(null);
    const { goal, timeoutMs } = this.#options;
    const isAway = this.#client.state.status !== 'connected';
    const rows = new Map(this.#rows.map((row) => [row.id, row]));
    for (const id of this.#left.keys()) {
      const row = rows.get(id);
      const state = row?.state ?? 'unknown';
      const phrase = row === undefined ? state : `${statePhrase(row.state)}: ${row.why}`;
      const why = isAway ? 'the engine does not answer' : `it is ${phrase}`;
      const limit = formatDuration(timeoutMs);
      const message = `"${id}" ${NOT_REACHED[goal]} after ${limit}: ${why} — use --timeout to wait longer`;
      this.#fail(id, new HealerError('TIMEOUT', message, { id, state }));
    }
  }

  #succeed(id: string, row: SnapshotRow | undefined, how: string): void {
    const { terminal } = this.#context;
    const tookMs = Math.round(performance.now() - this.#began);
    const pid = row?.pid ?? null;
    this.#left.delete(id);
    this.outcomes.push({ id, ok: true, result: { state: row?.state ?? null, pid, tookMs } });
    if (!terminal.json && this.#options.showsProgress !== true)
      terminal.print(
        `"${id}" ${how} (${pid === null || this.#options.goal === 'exited' ? '' : `pid ${pid}, `}took ${formatDuration(tookMs)})`,
      );
  }

  #fail(id: string, error: HealerError): void {
    const { terminal } = this.#context;
    this.#left.delete(id);
    this.outcomes.push({ id, ok: false, error });
    if (!terminal.json) terminal.note(sanitizeText(error.message));
  }
}
