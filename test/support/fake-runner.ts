import type { ProcessIdentity } from '../../src/base/process-identity.ts';
import type { StopReceivers } from '../../src/policy/lifecycle/actions.ts';
import type { Fact } from '../../src/policy/lifecycle/facts.ts';
import type { Ports, ProgramRun } from '../../src/engine/core/ports.ts';
import type { EngineEvent } from '../../src/protocol/engine-event.ts';
import { HealerError } from '../../src/protocol/errors.ts';
import type { FakeClock } from './fake-clock.ts';

/** How the processes of a program behave. */
export interface Behavior {
  /** Milliseconds from SIGTERM to the exit; null ignores SIGTERM. */
  readonly endsAfterMs: number | null;
  /** Whether SIGKILL ends it; false simulates uninterruptible sleep. */
  readonly canBeKilled: boolean;
  /** Milliseconds for which its children keep running after a SIGTERM to the tree; null: no children, Infinity: until SIGKILL. */
  readonly childrenEndAfterMs: number | null;
  readonly canSpawn: boolean;
}

const COOPERATIVE: Behavior = { endsAfterMs: 10, canBeKilled: true, childrenEndAfterMs: null, canSpawn: true };

interface FakeProcess {
  readonly id: string;
  readonly pid: number;
  readonly runNumber: number;
  readonly startedAtMs: number;
  isAlive: boolean;
  hasChildren: boolean;
}

type NewEvent = Omit<EngineEvent, 'seq' | 'time'>;

/** Simulated processes: they behave as the test defines, and their exits arrive as facts, like those that the kernel reports. */
export class FakeRunner {
  /** All actions of the engine in order, such as "spawn web 1" or "SIGTERM web 1". */
  readonly actions: string[] = [];
  readonly events: NewEvent[] = [];
  readonly #clock: FakeClock;
  readonly #behaviors = new Map<string, Behavior>();
  readonly #processes = new Map<number, FakeProcess>();
  #post: (id: string, fact: Fact) => void = () => undefined;
  #lastPid = 100;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  connect(post: (id: string, fact: Fact) => void): void {
    this.#post = post;
  }

  behave(id: string, behavior: Partial<Behavior>): void {
    this.#behaviors.set(id, { ...this.#behaviorOf(id), ...behavior });
  }

  /** Makes the process of a program exit by itself. */
  end(id: string, how: { code: number } | { signal: string }): void {
    const process = this.#runningOf(id);
    if (process === undefined) throw new Error(`"${id}" has no running process`);
    this.#exit(process, 'code' in how ? how.code : null, 'signal' in how ? how.signal : null);
  }

  /** Returns the running main processes of a program; two would be a duplicate start. */
  countRunning(id: string): number {
    return [...this.#processes.values()].filter((process) => process.id === id && process.isAlive).length;
  }

  readonly ports: Ports = {
    spawn: (spec, runNumber) => this.#spawn(spec.id, runNumber),
    adoptDuplicate: () => ({ kind: 'none' }),
    sendStop: (target, signal, to) => {
      this.#note(to === 'main' ? signal : `${signal} to ${to} of`, target);
      if (signal === 'SIGTERM') this.#terminate(target, to);
    },
    resumeTree: (target) => this.#note('SIGCONT', target),
    signalMain: (target, signal) => this.#note(`${signal} to main of`, target),
    freezeTree: (target) => this.#note('SIGSTOP', target),
    killTree: (target) => {
      this.#note('SIGKILL', target);
      this.#kill(target);
    },
    hasLeftovers: (target) => this.#processes.get(target.run.pid)?.hasChildren ?? false,
    findMain: () => ({ kind: 'none', problem: 'it left no process in the background', awaitsFile: false }),
    followMain: (target) => this.#note('follow', target),
    closeRun: (target) => this.#note('close', target),
    recorder: {
      record: (draft) => void this.events.push(draft),
      change: () => undefined,
      forget: () => undefined,
      flush: () => undefined,
      commit: () => undefined,
    },
  };

  #spawn(id: string, runNumber: number): ProcessIdentity {
    this.actions.push(`spawn ${id} ${String(runNumber)}`);
    const { canSpawn, childrenEndAfterMs } = this.#behaviorOf(id);
    if (!canSpawn) throw new HealerError('SPAWN_FAILED', `cannot find the executable "${id}"`);
    this.#lastPid += 1;
    const pid = this.#lastPid;
    const hasChildren = childrenEndAfterMs !== null;
    this.#processes.set(pid, { id, pid, runNumber, startedAtMs: this.#clock.elapsedMs, isAlive: true, hasChildren });
    return { pid, startTicks: pid * 10 };
  }

  #terminate({ id, run }: ProgramRun, to: StopReceivers): void {
    const process = this.#processes.get(run.pid);
    const { endsAfterMs, childrenEndAfterMs } = this.#behaviorOf(id);
    if (process === undefined) return;
    if (to !== 'main' && childrenEndAfterMs !== null && Number.isFinite(childrenEndAfterMs)) {
      this.#clock.after(childrenEndAfterMs, () => (process.hasChildren = false));
    }
    if (endsAfterMs !== null) this.#clock.after(endsAfterMs, () => this.#exit(process, null, 'SIGTERM'));
  }

  #kill({ id, run }: ProgramRun): void {
    const process = this.#processes.get(run.pid);
    if (process === undefined || !this.#behaviorOf(id).canBeKilled) return;
    process.hasChildren = false;
    this.#clock.after(1, () => this.#exit(process, null, 'SIGKILL'));
  }

  #exit(process: FakeProcess, code: number | null, signal: string | null): void {
    if (!process.isAlive) return;
    process.isAlive = false;
    const uptimeMs = this.#clock.elapsedMs - process.startedAtMs;
    const exit = { code, signal, coreDumped: false, atWall: this.#clock.now().wall, uptimeMs };
    const of = { number: process.runNumber, pid: process.pid, startTicks: process.pid * 10 };
    this.#post(process.id, { kind: 'exited', of, exit, leftovers: process.hasChildren });
  }

  #runningOf(id: string): FakeProcess | undefined {
    return [...this.#processes.values()].find((process) => process.id === id && process.isAlive);
  }

  #behaviorOf(id: string): Behavior {
    return this.#behaviors.get(id) ?? COOPERATIVE;
  }

  #note(action: string, { id, run }: ProgramRun): void {
    this.actions.push(`${action} ${id} ${String(run.number)}`);
  }
}
