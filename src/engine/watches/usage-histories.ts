import type { HistoryResult } from '../../protocol/results/history-result.ts';
import { UsageHistory } from '../sampling/history.ts';
import type { TreeUsage } from '../sampling/sampler.ts';

/** The recorded usage of all programs. */
export class UsageHistories {
  readonly #wallNow: () => number;
  readonly #byId = new Map<string, UsageHistory>();

  constructor(wallNow: () => number) {
    this.#wallNow = wallNow;
  }

  push(id: string, usage: TreeUsage): void {
    let history = this.#byId.get(id);
    if (history === undefined) {
      history = new UsageHistory();
      this.#byId.set(id, history);
    }
    history.push(this.#wallNow(), usage);
  }

  forget(id: string): void {
    this.#byId.delete(id);
  }

  series(id: string, span: '15m' | '24h'): HistoryResult {
    const history = this.#byId.get(id) ?? new UsageHistory();
    return { id, ...history.series(span, this.#wallNow()) };
  }
}
