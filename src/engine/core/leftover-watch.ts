import type { Run } from '../../policy/lifecycle/state.ts';
import type { Clock } from './clock.ts';
import type { Ports } from './ports.ts';

const FIRST_CHECK_MS = 5;
const LONGEST_INTERVAL_MS = 200;

/**
 * Polls until no process of a tree is left, because the kernel does not report the exits of other processes' children.
 * The first check is early, since most processes exit at once; then the interval doubles up to 200 ms.
 */
export class LeftoverWatch {
  readonly #clock: Clock;
  readonly #hasLeftovers: Ports['hasLeftovers'];
  readonly #onGone: (id: string, run: Run) => void;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock, hasLeftovers: Ports['hasLeftovers'], onGone: (id: string, run: Run) => void) {
    this.#clock = clock;
    this.#hasLeftovers = hasLeftovers;
    this.#onGone = onGone;
  }

  watch(id: string, run: Run | null): void {
    this.#cancels.get(id)?.();
    if (run !== null) this.#checkAfter(id, run, FIRST_CHECK_MS);
  }

  close(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  #checkAfter(id: string, run: Run, delayMs: number): void {
    const check = (): void => {
      this.#cancels.delete(id);
      if (this.#mayHaveLeftovers(id, run)) this.#checkAfter(id, run, Math.min(delayMs * 2, LONGEST_INTERVAL_MS));
      else this.#onGone(id, run);
    };
    this.#cancels.set(id, this.#clock.after(delayMs, check));
  }

  /** Without descriptors, the process table cannot be read: it is checked again later. */
  #mayHaveLeftovers(id: string, run: Run): boolean {
    try {
      return this.#hasLeftovers({ id, run }, true);
    } catch {
      return true;
    }
  }
}
