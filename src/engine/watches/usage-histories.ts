import type { HistoryResult } from '../../protocol/results/history-result.ts';
import { UsageHistory } from '../sampling/history.ts';
import type { TreeUsage } from '../sampling/sampler.ts';

/** A sample with its time. */
export interface LatestUsage {
  readonly atMs: number;
  readonly usage: TreeUsage;
}

/** The recorded usage of all programs. */
export class UsageHistories {
  readonly #wallNow: () => number;
  readonly #byId = new Map<string, UsageHistory>();
  readonly #latest = new Map<string, { atMs: number; usage: TreeUsage }>();

  constructor(wallNow: () => number) {
    this.#wallNow = wallNow;
  }

  push(id: string, usage: TreeUsage): void {
    let history = this.#byId.get(id);
    if (history === undefined) {
      history = new UsageHistory();
      this.#byId.set(id, history);
    }
    const atMs = this.#wallNow();
    history.push(atMs, usage);
    const latest = this.#latest.get(id);
    if (latest === undefined) this.#latest.set(id, { atMs, usage });
    else [latest.atMs, latest.usage] = [atMs, usage];
  }

  forget(id: string): void {
    this.#byId.delete(id);
    this.#latest.delete(id);
  }

  /** Returns the newest sample of a program, which may have exited since; undefined without one. */
  latest(id: string): LatestUsage | undefined {
    return this.#latest.get(id);
  }

  series(id: string, span: '15m' | '24h'): HistoryResult {
    const history = this.#byId.get(id) ?? new UsageHistory();
    return { id, ...history.series(span, this.#wallNow()) };
  }
}
