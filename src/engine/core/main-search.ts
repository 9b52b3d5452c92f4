import type { Fact } from '../../policy/lifecycle/facts.ts';
import { isSearching, type MainProcess } from '../../policy/lifecycle/state.ts';
import type { Clock } from './clock.ts';
import type { ManagedProgram } from './managed-program.ts';
import type { MainLookup, Ports } from './ports.ts';

const FIRST_LOOK_MS = 5;
const LONGEST_INTERVAL_MS = 200;
/** A program daemonizes in several steps: a process counts as the main process once it has lasted this long. */
const SETTLED_MS = 60;
/** How long a pid file may name no process although none is left. */
const LATE_FILE_MS = 2_000;
/** How long a program has to write its pid file, or to end the processes that it starts on the way. */
const TIMEOUT_MS = 60_000;

interface Search {
  readonly entry: ManagedProgram;
  readonly startedMs: number;
  /** The only process that remained at the last look, and since when. */
  candidate: { readonly pid: number; readonly sinceMs: number } | null;
}

/** Searches for the main processes of programs that moved themselves to the background. */
export class MainSearch {
  readonly #clock: Clock;
  readonly #findMain: Ports['findMain'];
  readonly #post: (id: string, fact: Fact) => void;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock, findMain: Ports['findMain'], post: (id: string, fact: Fact) => void) {
    this.#clock = clock;
    this.#findMain = findMain;
    this.#post = post;
  }

  begin(entry: ManagedProgram): void {
    this.#cancels.get(entry.id)?.();
    this.#lookAfter({ entry, startedMs: this.#clock.now().mono, candidate: null }, FIRST_LOOK_MS);
  }

  close(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  #lookAfter(search: Search, delayMs: number): void {
    const { id } = search.entry;
    const look = (): void => {
      this.#cancels.delete(id);
      const { state, spec } = search.entry.program;
      if (!isSearching(state)) return;
      const fact = this.#judge(search, state.run, this.#findMain({ id, run: state.run }, spec));
      if (fact === null) this.#lookAfter(search, Math.min(delayMs * 2, LONGEST_INTERVAL_MS));
      else this.#post(id, fact);
    };
    this.#cancels.set(id, this.#clock.after(delayMs, look));
  }

  /** Returns the result of the search, or null to look again. */
  #judge(search: Search, of: MainProcess, found: MainLookup): Fact | null {
    const nowMs = this.#clock.now().mono;
    const tookMs = nowMs - search.startedMs;
    switch (found.kind) {
      case 'certain':
        return { kind: 'mainFound', of, ...found.main };
      case 'likely': {
        const { pid } = found.main;
        if (search.candidate?.pid !== pid) search.candidate = { pid, sinceMs: nowMs };
        return nowMs - search.candidate.sinceMs < SETTLED_MS ? null : { kind: 'mainFound', of, ...found.main };
      }
      case 'unclear':
      case 'none': {
        search.candidate = null;
        const leftovers = found.kind === 'unclear';
        const patienceMs = leftovers ? TIMEOUT_MS : found.awaitsFile ? LATE_FILE_MS : SETTLED_MS;
        return tookMs < patienceMs ? null : { kind: 'mainMissing', of, problem: found.problem, leftovers };
      }
    }
  }
}
