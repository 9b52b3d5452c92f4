import { missingDependencies } from '../../policy/lifecycle/dependencies.ts';
import { HEALING_ON, type HealingMode, type Suppression } from '../../policy/healing.ts';
import type { Decision } from '../../policy/lifecycle/actions.ts';
import type { Circumstances } from '../../policy/lifecycle/decide.ts';
import type { Fact } from '../../policy/lifecycle/facts.ts';
import { advance } from '../../policy/lifecycle/lifecycle.ts';
import { QUIET } from '../../policy/limits.ts';
import { type Program, runOf, runsOf } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Clock } from './clock.ts';
import { DependentIndex } from './dependent-index.ts';
import { LeftoverWatch } from './leftover-watch.ts';
import { MainPids } from './main-pids.ts';
import { MainSearch } from './main-search.ts';
import { Mailbox } from './mailbox.ts';
import { leaveState, manage, type ManagedProgram } from './managed-program.ts';
import { isLaunch, type Launch, launch, perform, type Stage } from './perform.ts';
import type { Ports, Recorder } from './ports.ts';
import { mattersToOthers, WaitingPrograms } from './waiting-programs.ts';
import { Watchers } from './watchers.ts';

interface Message {
  readonly id: string;
  readonly fact: Fact;
}

/** Decides for each program whether healing may act on it. */
export interface HealingModes {
  readonly modeOf: (id: string) => HealingMode;
  /** The mode of one program, or of all programs (null), has changed. */
  readonly onChange: Watchers<[id: string | null]>;
}

export interface EngineOptions {
  readonly clock: Clock;
  readonly ports: Ports;
  /** Without it, every program is healed. */
  readonly healing?: HealingModes;
  /** Returns the number of the last run of a program whose processes may still run; later runs have higher numbers. */
  readonly lastRunOf?: (id: string) => number;
  /** Shared with those that have to recognize main processes. */
  readonly mainPids?: MainPids;
}

/**
 * The only writer of program state. Facts arrive through the mailbox, policy decides, and the actions are performed. The
 * immediate outcome of an action (of a spawn) is decided on before the next fact is processed.
 */
export class Engine {
  /** A program was added or changed. Called within the turn that changed it. */
  readonly onChange = new Watchers<[ManagedProgram]>();
  /** A program was removed and is no longer known. Called within the turn that removed it. */
  readonly onForgotten = new Watchers<[ManagedProgram]>();
  /** The direct dependents of each program. */
  readonly dependents = new DependentIndex();
  readonly #entries = new Map<string, ManagedProgram>();
  readonly #mainPids: MainPids;
  readonly #mailbox: Mailbox<Message>;
  readonly #clock: Clock;
  readonly #lastRunOf: (id: string) => number;
  readonly #stage: Stage;
  readonly #recorder: Recorder;
  readonly #leftovers: LeftoverWatch;
  readonly #mainSearch: MainSearch;
  readonly #waiting = new WaitingPrograms();
  readonly #healing: HealingModes | undefined;
  /** Programs that are about to be restarted: until then, those that depend on them do not start. */
  readonly #aboutToRestart = new Set<string>();
  /** Starts that were decided on, and follow once the facts that arrived together were handled. */
  #launches: { readonly entry: ManagedProgram; readonly action: Launch }[] = [];
  #isShuttingDown = false;

  constructor({ clock, ports, healing, mainPids = new MainPids(), lastRunOf = () => 0 }: EngineOptions) {
    this.#lastRunOf = lastRunOf;
    this.#clock = clock;
    this.#recorder = ports.recorder;
    this.#mainPids = mainPids;
    this.#healing = healing;
    healing?.onChange.add((id) => this.#healingChanged(id));
    this.#mailbox = new Mailbox(
      (message) => this.#turn(message),
      () => this.#recorder.commit(),
      () => this.#launchAll(),
    );
    this.#leftovers = new LeftoverWatch(clock, ports.hasLeftovers, (id, run) =>
      this.post(id, { kind: 'treeEnded', of: run }),
    );
    this.#mainSearch = new MainSearch(clock, ports.findMain, (id, fact) => this.post(id, fact));
    this.#stage = {
      clock,
      ports,
      watchLeftovers: (entry) => this.#leftovers.watch(entry.id, runOf(entry.program.state)),
      findMain: (entry) => this.#mainSearch.begin(entry),
      forget: (entry) => this.#forget(entry),
      post: (id, fact) => this.post(id, fact),
    };
  }

  get programs(): ReadonlyMap<string, ManagedProgram> {
    return this.#entries;
  }

  /** Returns the program whose main process has this pid. */
  findByPid(pid: number): ManagedProgram | undefined {
    const id = this.#mainPids.idOf(pid);
    return id === undefined ? undefined : this.#entries.get(id);
  }

  post(id: string, fact: Fact): void {
    this.#mailbox.post({ id, fact });
  }

  postAll(messages: readonly Message[]): void {
    this.#mailbox.post(...messages);
  }

  /** Does work whose changes are written together at its end. */
  together(work: () => void): void {
    this.#mailbox.turn(work);
  }

  /** Adds a program. It is not started until a fact requests that. */
  add(added: Program, origin: string): void {
    const runs = Math.max(added.runs, this.#lastRunOf(added.spec.id));
    const program = runs === added.runs ? added : { ...added, runs };
    const entry = manage(program, origin, this.#modeOf(program.spec.id));
    this.#entries.set(entry.id, entry);
    this.dependents.put(program.spec);
    this.#waiting.note(entry);
    this.#changed(entry);
    this.#notifyDependents(entry.id);
  }

  /**
   * Adds a program that a previous engine managed, with the decision on what to do with it now. Its state and its events are
   * written together: after a kill in between, the next engine would take the exit for reported.
   */
  addDecided(decision: Decision, origin: string): void {
    this.#mailbox.turn(() => {
      this.add(decision.program, origin);
      const entry = this.#entries.get(decision.program.spec.id);
      if (entry === undefined) return;
      this.#mainPids.replace(entry.id, [], runsOf(decision.program.state));
      this.#perform(entry, decision);
    });
  }

  /** Applies a changed definition without touching the current run. */
  replaceSpec(program: Program, origin: string): void {
    const entry = this.#entries.get(program.spec.id);
    if (entry === undefined) return;
    const before = entry.program;
    entry.program = program;
    entry.origin = origin;
    this.dependents.put(program.spec);
    this.#waiting.note(entry);
    this.#changed(entry);
    if (mattersToOthers(before, program)) this.#notifyDependents(entry.id);
    this.post(entry.id, { kind: 'dependencyChanged' });
    if (before.spec.healing !== program.spec.healing) this.#healingChanged(entry.id);
  }

  /** Prevents starts of programs that depend on these, until each of them is released. */
  holdDependents(ids: Iterable<string>): void {
    for (const id of ids) this.#aboutToRestart.add(id);
  }

  /** Called once the restart of a program was posted, or was refused. */
  releaseDependents(id: string): void {
    if (this.#aboutToRestart.delete(id)) this.#notifyDependents(id);
  }

  /** Whether the engine is shutting down and starts no programs. */
  get isShuttingDown(): boolean {
    return this.#isShuttingDown;
  }

  /** Prevents every further start. Running programs can still be stopped. */
  suspendStarts(): void {
    this.#isShuttingDown = true;
    for (const { program, cancelTimer } of this.#entries.values()) {
      if (runOf(program.state) === null) cancelTimer?.();
    }
  }

  close(): void {
    this.#leftovers.close();
    this.#mainSearch.close();
    for (const entry of this.#entries.values()) entry.cancelTimer?.();
  }

  #turn({ id, fact }: Message): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (this.#launches.some((launch) => launch.entry === entry)) this.#launchAll();
    this.#apply(entry, advance(entry.program, fact, this.circumstancesOf(entry.program.spec)));
  }

  /** Returns everything besides the program itself that a decision on it may depend on. */
  circumstancesOf(spec: ProcessSpec): Circumstances {
    const missing = missingDependencies(
      spec,
      (id) => this.#entries.get(id)?.program,
      (id) => this.#aboutToRestart.has(id),
    );
    const state = this.#entries.get(spec.id)?.program.state;
    const isWaiting = state?.name === 'waiting' && state.lacking !== undefined;
    return {
      now: this.#clock.now(),
      chance: this.#clock.chance(),
      missing,
      shortage: this.#stage.ports.shortage?.(isWaiting) ?? null,
      fleetLoss: this.#stage.ports.fleetLoss?.(spec) ?? null,
      suppression: this.#suppressionOf(spec.id),
    };
  }

  #apply(entry: ManagedProgram, decision: Decision): void {
    const before = entry.program;
    if (decision.program === before) {
      this.#perform(entry, decision);
      return;
    }
    entry.program = decision.program;
    if (before.state.name !== decision.program.state.name) leaveState(entry);
    this.#mainPids.replace(entry.id, runsOf(before.state), runsOf(decision.program.state));
    this.#waiting.note(entry);
    this.#changed(entry);
    this.#perform(entry, decision);
    if (mattersToOthers(before, decision.program)) this.#notifyDependents(entry.id);
  }

  #perform(entry: ManagedProgram, decision: Decision): void {
    for (const action of decision.actions) {
      if (isLaunch(action)) this.#launches.push({ entry, action });
      else this.#take(entry, perform(action, entry, this.#stage));
    }
  }

  /**
   * Starts what was decided on. The intents are written first, those of a burst together, so that the next engine knows about
   * starts during which this one is killed.
   */
  #launchAll(): void {
    while (this.#launches.length > 0) {
      const launches = this.#launches;
      this.#launches = [];
      this.#recorder.flush();
      launches.forEach(({ entry, action }, index) => {
        this.#take(entry, launch(action, entry, this.#stage, index > 0));
      });
    }
  }

  #take(entry: ManagedProgram, outcome: Fact | null): void {
    if (outcome !== null) this.#apply(entry, advance(entry.program, outcome, this.circumstancesOf(entry.program.spec)));
  }

  #changed(entry: ManagedProgram): void {
    this.#recorder.change(entry);
    this.onChange.emit(entry);
  }

  #modeOf(id: string): HealingMode {
    return this.#healing?.modeOf(id) ?? HEALING_ON;
  }

  #healingChanged(id: string | null): void {
    const entries = [...this.#entries.values()].filter((entry) => id === null || entry.id === id);
    for (const entry of entries) {
      entry.healing = this.#modeOf(entry.id);
      // Exceeded limits are judged again under the new mode.
      entry.limits = QUIET;
      this.#changed(entry);
    }
    this.postAll(entries.map((entry) => ({ id: entry.id, fact: { kind: 'healingChanged' } })));
  }

  #suppressionOf(id: string): Suppression | null {
    if (this.#isShuttingDown) return 'shutting-down';
    const { mode } = this.#modeOf(id);
    return mode === 'on' ? null : mode;
  }

  #notifyDependents(id: string): void {
    if (this.#isShuttingDown) return;
    this.postAll(this.#waiting.waitingFor(id).map((other) => ({ id: other, fact: { kind: 'dependencyChanged' } })));
  }

  #forget(entry: ManagedProgram): void {
    this.#entries.delete(entry.id);
    this.dependents.delete(entry.id);
    this.#waiting.forget(entry.id);
    entry.cancelTimer?.();
    this.#recorder.forget(entry);
    this.onForgotten.emit(entry);
    this.#notifyDependents(entry.id);
  }
}
