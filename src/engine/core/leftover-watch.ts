import type { Run } from '../../policy/lifecycle/state.ts';
import type { Clock } from './clock.ts';
import type { Ports } from './ports.ts';

const FIRST_LOOK_MS = 5;
const LONGEST_PAUSE_MS = 200;

/**
 * Looks until nothing of a tree is left. There is no event for the end of somebody else's children, so this is the
 * one place that polls: soon at first, since most go at once, then at growing distances.
 */
export class LeftoverWatch {
  readonly #clock: Clock;
  readonly #hasLeftovers: Ports['hasLeftovers'];
  readonly #onGone: (id: string) => void;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock, hasLeftovers: Ports['hasLeftovers'], onGone: (id: string) => void) {
    this.#clock = clock;
    this.#hasLeftovers = hasLeftovers;
    this.#onGone = onGone;
  }

  watch(id: string, run: Run | null): void {
    this.#cancels.get(id)?.();
    if (run !== null) this.#lookIn(id, run, FIRST_LOOK_MS);
  }

  close(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  #lookIn(id: string, run: Run, delayMs: number): void {
    const look = (): void => {
      this.#cancels.delete(id);
      if (this.#hasLeftovers({ id, run }, true)) this.#lookIn(id, run, Math.min(delayMs * 2, LONGEST_PAUSE_MS));
      else this.#onGone(id);
    };
    this.#cancels.set(id, this.#clock.after(delayMs, look));
  }
}
