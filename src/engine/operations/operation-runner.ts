import {
  factOf,
  isAchieved,
  isDone,
  isStuck,
  type Operation,
  type OperationOptions,
  refusalOf,
} from '../../policy/lifecycle/operation-rules.ts';
import { type Program, publicName, runOf } from '../../policy/lifecycle/state.ts';
import { stopTimeMs } from '../../policy/lifecycle/stop-steps.ts';
import type { ExitFacts } from '../../policy/exit-facts.ts';
import type { ExitStatus } from '../../protocol/run.ts';
import { HealerError } from '../../protocol/errors.ts';
import { operationOf } from '../../protocol/operations.ts';
import { statePhrase } from '../../protocol/process-state.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';

/** Time added to the program's own stop timeouts before a stop counts as failed. */
const SLACK_MS = 2_000;

/** Operations that stop a live program. */
const ENDS: readonly Operation[] = ['stop', 'restart', 'disable'];
const STARTS: readonly Operation[] = ['start', 'restart', 'enable', 'cooldownReset'];

/** A program at the moment at which a request was complete. Another request may change it before the first one is answered. */
type Settled = Readonly<Pick<ManagedProgram, 'id' | 'program' | 'wasForced' | 'spawnProblem'>>;

interface Waiter {
  readonly isDone: (entry: ManagedProgram) => boolean;
  readonly settle: (entry: ManagedProgram) => void;
}

/** Turns operations into facts, and responds once the program has reached the requested state. */
export class OperationRunner {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
    engine.onChange.add((entry) => this.#onChange(entry));
  }

  /**
   * Performs an operation and resolves once it is complete.
   * @throws HealerError PROCESS_NOT_FOUND, INVALID_STATE, PROCESS_DISABLED or ALREADY_RUNNING if it is refused,
   *   SPAWN_FAILED if a start fails, TERMINATE_FAILED if the program survives SIGKILL, TIMEOUT if it is still being stopped,
   *   INVALID_STATE if another request overtakes this one
   */
  async request(operation: Operation, id: string, options: OperationOptions): Promise<OperationResult> {
    return this.complete(operation, this.check(operation, id), options);
  }

  /**
   * Performs an operation that was checked before, and resolves once it is complete.
   * @throws HealerError SPAWN_FAILED, TERMINATE_FAILED, TIMEOUT or INVALID_STATE as `request` does
   */
  async complete(operation: Operation, entry: ManagedProgram, options: OperationOptions): Promise<OperationResult> {
    const { id } = entry;
    const began = this.#clock.now().mono;
    const wasGraceful = ENDS.includes(operation) && options.graceful && runOf(entry.program.state) !== null;
    const exitBefore = entry.program.lastExit?.exit;
    const runBefore = runOf(entry.program.state)?.number;
    this.#engine.post(id, factOf(operation, options));
    const settled = await this.#settled(operation, entry, options);
    judge(operation, settled);
    if (operation === 'reload') judgeReload(settled, runBefore);
    return {
      id,
      state: publicName(settled.program.state),
      pid: runOf(settled.program.state)?.pid ?? null,
      forced: wasGraceful && settled.wasForced,
      exit: exitSince(exitBefore, settled.program),
      tookMs: Math.round(this.#clock.now().mono - began),
    };
  }

  /** Returns the program if the operation is allowed now. @throws HealerError as `request` does if it is refused */
  check(operation: Operation, id: string): ManagedProgram {
    const entry = this.find(id);
    if (this.#engine.isShuttingDown && STARTS.includes(operation)) {
      throw new HealerError('INVALID_STATE', `cannot ${operation} "${id}": the engine is shutting down`, {
        id,
        operation,
      });
    }
    const refusal = refusalOf(operation, id, entry.program.state);
    if (refusal !== null) throw new HealerError(refusal.code, refusal.message, { id, operation });
    return entry;
  }

  /** Resolves once a program that is being removed has exited. @throws HealerError TERMINATE_FAILED or TIMEOUT */
  async removed(entry: ManagedProgram): Promise<void> {
    judge('stop', await this.#settled('stop', entry, { graceful: true, timeoutMs: null }));
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

  #settled(operation: Operation, entry: ManagedProgram, options: OperationOptions): Promise<Settled> {
    const done = (candidate: ManagedProgram): boolean => isDone(operation, candidate.program.state);
    if (done(entry)) return Promise.resolve(snapshotOf(entry));
    const { stop, ready, startSeconds } = entry.program.spec;
    const reloadMs = operation === 'reload' ? Math.max(ready?.timeoutMs ?? 0, startSeconds * 1000) : 0;
    const patienceMs = reloadMs + (options.timeoutMs ?? stopTimeMs(stop)) + 2 * stop.forceTimeoutMs + SLACK_MS;
    return new Promise((resolve) => {
      const waiting = this.#waiters.get(entry.id) ?? new Set();
      this.#waiters.set(entry.id, waiting);
      const cancel = this.#clock.after(patienceMs, () => waiter.settle(entry));
      const waiter: Waiter = {
        isDone: done,
        settle: (settled) => {
          cancel();
          waiting.delete(waiter);
          if (waiting.size === 0) this.#waiters.delete(entry.id);
          resolve(snapshotOf(settled));
        },
      };
      waiting.add(waiter);
    });
  }
}

function snapshotOf({ id, program, wasForced, spawnProblem }: ManagedProgram): Settled {
  return { id, program, wasForced, spawnProblem };
}

/** @throws HealerError unless the operation has achieved what it was to achieve */
function judge(operation: Operation, { id, program, spawnProblem }: Settled): void {
  const { state, why } = program;
  const data = { id, operation };
  if (isStuck(state)) throw new HealerError('TERMINATE_FAILED', `cannot stop "${id}": ${why}`, data);
  if (!isDone(operation, state)) {
    throw new HealerError('TIMEOUT', `"${id}" is still stopping: ${why}; see "healer describe ${id}"`, data);
  }
  if (STARTS.includes(operation) && runOf(state) === null && spawnProblem !== null) {
    throw new HealerError('SPAWN_FAILED', spawnProblem, data);
  }
  if (isAchieved(operation, state)) return;
  const { verb } = operationOf(operation);
  const outcome = `it is ${statePhrase(publicName(state))} (${why})`;
  throw new HealerError('INVALID_STATE', `cannot ${verb} "${id}": overtaken by another request; ${outcome}`, data);
}

/** @throws HealerError INVALID_STATE if no new run replaced the old one, although the strategy says so */
function judgeReload({ id, program: { spec, state, why } }: Settled, runBefore: number | undefined): void {
  if (spec.reload.strategy !== 'overlap' || runOf(state)?.number !== runBefore) return;
  throw new HealerError('INVALID_STATE', `cannot reload "${id}": ${why}`, { id, operation: 'reload' });
}

/** Returns how a run exited since an earlier exit; null if none did. */
function exitSince(before: ExitFacts | undefined, { lastExit }: Program): ExitStatus | null {
  if (lastExit === null || lastExit.exit === before) return null;
  const { code, signal, coreDumped } = lastExit.exit;
  return { code, signal, coreDumped };
}
