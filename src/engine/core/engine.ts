import { missingDependencies } from '../../policy/lifecycle/dependencies.ts';
import { HEALING_ON, type HealingMode, type Restraint } from '../../policy/healing.ts';
import type { Decision } from '../../policy/lifecycle/actions.ts';
import type { Circumstances } from '../../policy/lifecycle/decide.ts';
import type { Fact } from '../../policy/lifecycle/facts.ts';
import { advance } from '../../policy/lifecycle/lifecycle.ts';
import { QUIET } from '../../policy/limits.ts';
import { type Program, type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Clock } from './clock.ts';
import { LeftoverWatch } from './leftover-watch.ts';
import { Mailbox } from './mailbox.ts';
import { manage, type ManagedProgram } from './managed-program.ts';
import { perform, type Stage } from './perform.ts';
import type { Ports } from './ports.ts';
import { mattersToOthers, WaitingPrograms } from './waiting-programs.ts';

interface Message {
  readonly id: string;
  readonly fact: Fact;
}

/** What the rest of the engine is told. All are called inside a turn or when the mailbox is empty. */
export interface EngineListener {
  readonly onChange: (entry: ManagedProgram) => void;
  /** Before a spawn, which the engine may not live to write down: what was changed has to be on disk. */
  readonly onLaunch: () => void;
  readonly onForgotten: (entry: ManagedProgram) => void;
  /** The mailbox is empty: write and publish. */
  readonly onSettled: () => void;
}

/**
 * The one writer of state. Facts come in through the mailbox, policy decides, actions are performed, and what comes
 * of them at once (a spawn's outcome) is decided on before the next fact is looked at.
 */
export class Engine {
  readonly #entries = new Map<string, ManagedProgram>();
  readonly #idsByPid = new Map<number, string>();
  readonly #mailbox: Mailbox<Message>;
  readonly #clock: Clock;
  readonly #stage: Stage;
  readonly #listener: EngineListener;
  readonly #leftovers: LeftoverWatch;
  readonly #waiting = new WaitingPrograms();
  readonly #healingOf: (id: string) => HealingMode;
  #isGoingDown = false;

  constructor(
    clock: Clock,
    ports: Ports,
    listener: EngineListener,
    healingOf: (id: string) => HealingMode = () => HEALING_ON,
  ) {
    this.#healingOf = healingOf;
    this.#clock = clock;
    this.#listener = listener;
    this.#mailbox = new Mailbox(
      (message) => this.#turn(message),
      () => listener.onSettled(),
    );
    this.#leftovers = new LeftoverWatch(clock, ports.hasLeftovers, (id) => this.post(id, { kind: 'treeEnded' }));
    this.#stage = {
      clock,
      ports,
      beforeLaunch: () => listener.onLaunch(),
      watchLeftovers: (entry) => this.#leftovers.watch(entry.id, runOf(entry.program.state)),
      forget: (entry) => this.#forget(entry),
      post: (id, fact) => this.post(id, fact),
    };
  }

  get programs(): ReadonlyMap<string, ManagedProgram> {
    return this.#entries;
  }

  /** The program whose main process has this pid. */
  findByPid(pid: number): ManagedProgram | undefined {
    const id = this.#idsByPid.get(pid);
    return id === undefined ? undefined : this.#entries.get(id);
  }

  post(id: string, fact: Fact): void {
    this.#mailbox.post({ id, fact });
  }

  postAll(messages: readonly Message[]): void {
    this.#mailbox.post(...messages);
  }

  /** Makes a program known. What it is to do follows as facts. */
  add(program: Program, origin: string): void {
    const entry = manage(program, origin, this.#healingOf(program.spec.id));
    this.#entries.set(entry.id, entry);
    this.#waiting.note(entry);
    this.#listener.onChange(entry);
    this.#notifyDependents(entry.id);
  }

  /** Makes a program known that an earlier engine knew already, with what that means now. */
  addDecided(decision: Decision, origin: string): void {
    this.add(decision.program, origin);
    const entry = this.#entries.get(decision.program.spec.id);
    if (entry === undefined) return;
    this.#indexRun(entry.id, null, runOf(decision.program.state));
    this.#perform(entry, decision);
    this.#listener.onSettled();
  }

  /** Puts a changed spec into force without touching the run. */
  replaceSpec(program: Program, origin: string): void {
    const entry = this.#entries.get(program.spec.id);
    if (entry === undefined) return;
    const before = entry.program;
    entry.program = program;
    entry.origin = origin;
    this.#listener.onChange(entry);
    if (mattersToOthers(before, program)) this.#notifyDependents(entry.id);
    this.post(entry.id, { kind: 'dependencyChanged' });
    if (before.spec.healing !== program.spec.healing) this.healingChanged(entry.id);
  }

  /** Whether healing may act on a program, or on all (null), was changed. */
  healingChanged(id: string | null): void {
    const entries = [...this.#entries.values()].filter((entry) => id === null || entry.id === id);
    for (const entry of entries) {
      entry.healing = this.#healingOf(entry.id);
      // What exceeds a limit by then is judged anew.
      entry.limits = QUIET;
      this.#listener.onChange(entry);
    }
    this.postAll(entries.map((entry) => ({ id: entry.id, fact: { kind: 'healingChanged' } })));
  }

  /** Nothing may be started any more. */
  get isGoingDown(): boolean {
    return this.#isGoingDown;
  }

  /** Lets nothing that rests be started any more; what lives can still be stopped. */
  suspendStarts(): void {
    this.#isGoingDown = true;
    for (const { program, cancelTimer } of this.#entries.values()) {
      if (runOf(program.state) === null) cancelTimer?.();
    }
  }

  close(): void {
    this.#leftovers.close();
    for (const entry of this.#entries.values()) entry.cancelTimer?.();
  }

  #turn({ id, fact }: Message): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#apply(entry, advance(entry.program, fact, this.circumstancesOf(entry.program.spec)));
  }

  /** What a decision on a program may depend on besides itself. */
  circumstancesOf(spec: ProcessSpec): Circumstances {
    const missing = missingDependencies(spec, (id) => this.#entries.get(id)?.program);
    return { now: this.#clock.now(), chance: this.#clock.chance(), missing, restraint: this.#restraintOf(spec.id) };
  }

  #apply(entry: ManagedProgram, decision: Decision): void {
    const before = entry.program;
    if (decision.program === before && decision.actions.length === 0) return;
    entry.program = decision.program;
    if (before.state.name !== decision.program.state.name) leaveState(entry);
    this.#indexRun(entry.id, runOf(before.state), runOf(decision.program.state));
    this.#waiting.note(entry);
    this.#listener.onChange(entry);
    this.#perform(entry, decision);
    if (mattersToOthers(before, decision.program)) this.#notifyDependents(entry.id);
  }

  #perform(entry: ManagedProgram, decision: Decision): void {
    for (const action of decision.actions) {
      const outcome = perform(action, entry, this.#stage);
      if (outcome !== null)
        this.#apply(entry, advance(entry.program, outcome, this.circumstancesOf(entry.program.spec)));
    }
  }

  #restraintOf(id: string): Restraint | null {
    if (this.#isGoingDown) return 'going-down';
    const { mode } = this.#healingOf(id);
    return mode === 'on' ? null : mode;
  }

  #notifyDependents(id: string): void {
    if (this.#isGoingDown) return;
    this.postAll(this.#waiting.waitingFor(id).map((other) => ({ id: other, fact: { kind: 'dependencyChanged' } })));
  }

  #indexRun(id: string, before: Run | null, after: Run | null): void {
    if (before === after) return;
    if (before !== null) this.#idsByPid.delete(before.pid);
    if (after !== null) this.#idsByPid.set(after.pid, id);
  }

  #forget(entry: ManagedProgram): void {
    this.#entries.delete(entry.id);
    this.#waiting.forget(entry.id);
    entry.cancelTimer?.();
    this.#listener.onForgotten(entry);
    this.#notifyDependents(entry.id);
  }
}

function leaveState(entry: ManagedProgram): void {
  entry.cancelTimer?.();
  entry.cancelTimer = null;
  const { name } = entry.program.state;
  if (name === 'stopping') entry.wasForced = false;
  if (runOf(entry.program.state) === null) {
    entry.usage = null;
    entry.limits = QUIET;
  }
}
