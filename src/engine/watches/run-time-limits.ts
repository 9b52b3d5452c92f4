import { isSameProcess } from '../../base/process-identity.ts';
import { type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';

interface Limited {
  readonly run: Run;
  readonly limitMs: number;
  readonly cancel: () => void;
}

/** The longest time for which a timer is armed at once, in ms. */
const LONGEST_MS = 2_147_483_647;

/** Posts when a run takes longer than `maxRuntimeMs`. Costs nothing for programs without that limit. */
export class RunTimeLimits {
  readonly #clock: Clock;
  readonly #engine: Pick<Engine, 'post'>;
  readonly #limited = new Map<string, Limited>();

  constructor(clock: Clock, engine: Pick<Engine, 'post' | 'onChange' | 'onForgotten'>) {
    this.#clock = clock;
    this.#engine = engine;
    engine.onChange.add((entry) => this.#follow(entry));
    engine.onForgotten.add(({ id }) => this.#end(id));
  }

  close(): void {
    for (const id of [...this.#limited.keys()]) this.#end(id);
  }

  #follow({ id, program: { spec, state } }: ManagedProgram): void {
    const limitMs = spec.maxRuntimeMs;
    const known = this.#limited.get(id);
    if (limitMs === null && known === undefined) return;
    const run = state.name === 'stopping' ? null : runOf(state);
    if (known !== undefined && run !== null && known.limitMs === limitMs && isSame(known.run, run)) return;
    this.#end(id);
    if (limitMs === null || run === null) return;
    const leftMs = Math.max(0, run.startedAt.mono + limitMs - this.#clock.now().mono);
    const cancel = this.#clock.after(Math.min(leftMs, LONGEST_MS), () => {
      this.#limited.delete(id);
      this.#engine.post(id, { kind: 'runTimeExceeded', of: run, limitMs });
    });
    this.#limited.set(id, { run, limitMs, cancel });
  }

  #end(id: string): void {
    this.#limited.get(id)?.cancel();
    this.#limited.delete(id);
  }
}

function isSame(a: Run, b: Run): boolean {
  return a.number === b.number && isSameProcess(a, b);
}
