import {
  factOf,
  isDone,
  isStuck,
  type Operation,
  type OperationOptions,
  refusalOf,
} from '../../policy/lifecycle/operations.ts';
import { publicName, runOf } from '../../policy/lifecycle/state.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';

/** What is granted beyond the program's own times before a stop counts as impossible. */
const SLACK_MS = 2_000;

/** Those that ask a live program to end. */
const ENDS: readonly Operation[] = ['stop', 'restart', 'disable'];
const STARTS: readonly Operation[] = ['start', 'restart', 'enable', 'cooldownReset'];

interface Waiter {
  readonly isDone: (entry: ManagedProgram) => boolean;
  readonly settle: (entry: ManagedProgram | null) => void;
}

/** Turns what an operator asks into facts, and answers when the program is where it was to go. */
export class Operations {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
    engine.onChange.add((entry) => this.#onChange(entry));
  }

  /**
   * @throws HealerError PROCESS_NOT_FOUND, INVALID_STATE, PROCESS_DISABLED or ALREADY_RUNNING when it is refused,
   *   SPAWN_FAILED when a start did not succeed, TERMINATE_FAILED when SIGKILL did not end it
   */
  async request(operation: Operation, id: string, options: OperationOptions): Promise<OperationResult> {
    const entry = this.check(operation, id);
    const began = this.#clock.now().mono;
    const wasAsked = ENDS.includes(operation) && options.graceful && runOf(entry.program.state) !== null;
    this.#engine.post(id, factOf(operation, options));
    const settled = (await this.#settled(operation, entry, options)) ?? entry;
    this.#judge(operation, settled);
    return {
      id,
      state: publicName(settled.program.state),
      pid: runOf(settled.program.state)?.pid ?? null,
      forced: wasAsked && settled.wasForced,
      tookMs: Math.round(this.#clock.now().mono - began),
    };
  }

  /** The program, when the operation may be asked of it now. @throws HealerError as `request` does when it is refused */
  check(operation: Operation, id: string): ManagedProgram {
    const entry = this.find(id);
    if (this.#engine.isGoingDown && STARTS.includes(operation)) {
      throw new HealerError('INVALID_STATE', `cannot ${operation} "${id}": the engine is going down`, {
        id,
        operation,
      });
    }
    const refusal = refusalOf(operation, id, entry.program.state);
    if (refusal !== null) throw new HealerError(refusal.code, refusal.message, { id, operation });
    return entry;
  }

  /** Waits until a program that is being removed has ended. @throws HealerError TERMINATE_FAILED */
  async removed(entry: ManagedProgram): Promise<void> {
    const settled = (await this.#settled('stop', entry, { graceful: true, timeoutMs: null })) ?? entry;
    this.#judge('stop', settled);
  }

  /** @throws HealerError PROCESS_NOT_FOUND */
  find(id: string): ManagedProgram {
    const entry = this.#engine.programs.get(id);
    if (entry === undefined) throw new HealerError('PROCESS_NOT_FOUND', `no program is called "${id}"`, { id });
    return entry;
  }

  /** Resolves the requests that are now complete, within the turn that completed them. */
  #onChange(entry: ManagedProgram): void {
    const waiting = this.#waiters.get(entry.id);
    if (waiting === undefined) return;
    for (const waiter of waiting) if (waiter.isDone(entry)) waiter.settle(entry);
  }

  #settled(operation: Operation, entry: ManagedProgram, options: OperationOptions): Promise<ManagedProgram | null> {
    const done = (candidate: ManagedProgram): boolean => isDone(operation, candidate.program.state);
    if (done(entry)) return Promise.resolve(entry);
    const { stop } = entry.program.spec;
    const patienceMs = (options.timeoutMs ?? stop.gracefulTimeoutMs) + 2 * stop.forceTimeoutMs + SLACK_MS;
    return new Promise((resolve) => {
      const waiting = this.#waiters.get(entry.id) ?? new Set();
      this.#waiters.set(entry.id, waiting);
      const cancel = this.#clock.after(patienceMs, () => waiter.settle(null));
      const waiter: Waiter = {
        isDone: done,
        settle: (settled) => {
          cancel();
          waiting.delete(waiter);
          if (waiting.size === 0) this.#waiters.delete(entry.id);
          resolve(settled);
        },
      };
      waiting.add(waiter);
    });
  }

  #judge(operation: Operation, entry: ManagedProgram): void {
    const { state, why } = entry.program;
    if (isStuck(state) || !isDone(operation, state)) {
      throw new HealerError('TERMINATE_FAILED', `cannot end "${entry.id}": ${why}`, { id: entry.id });
    }
    if (STARTS.includes(operation) && runOf(state) === null && entry.spawnProblem !== null) {
      throw new HealerError('SPAWN_FAILED', entry.spawnProblem, { id: entry.id });
    }
  }
}
