import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRef } from '../../protocol/run.ts';
import type { Libc } from '../../base/libc.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { enabledByName } from '../../config/registry/registry-content.ts';
import { runOf } from '../../policy/lifecycle/state.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import type { ContainmentKind } from '../../protocol/snapshot.ts';
import { Alerting } from './alerting.ts';
import { boot } from '../definitions/boot.ts';
import type { Clock } from '../core/clock.ts';
import { Degradations } from '../core/degradations.ts';
import { Engine } from '../core/engine.ts';
import { createUnseenExits, Exits } from '../runs/exits.ts';
import { runProbe } from '../health/run-probe.ts';
import { HealthMonitor } from '../watches/health-monitor.ts';
import { HealingSwitch } from '../operations/healing-switch.ts';
import { Holding } from '../operations/holding.ts';
import type { LogTransport, StartedTransport } from '../logs/files/log-transport.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import { Neighbours } from '../watches/neighbours.ts';
import { Observation } from '../watches/observation.ts';
import { Operations } from '../operations/operations.ts';
import { bootId } from '../os/boot-id.ts';
import type { CgroupsResult } from '../os/cgroups.ts';
import { OwnStatus } from './own-status.ts';
import { Records } from '../records/records.ts';
import type { HostSampler } from '../sampling/host-facts.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { RowChanges } from '../access/served-engine.ts';
import type { SpecTarget } from '../definitions/apply-specs.ts';
import { type ShutdownOptions, stopAll } from '../operations/shutdown.ts';
import { Schedules } from '../definitions/schedules.ts';
import { Sources } from '../definitions/sources.ts';
import type { EventLog } from '../store/event-log.ts';
import { createStores, loadStores, type Stores } from '../store/stores.ts';
import { endEscaped } from '../watches/escaped-processes.ts';
import { recordStart } from '../records/record-start.ts';
import { Watchers } from '../core/watchers.ts';
import { ProgramRunner } from '../runs/program-runner.ts';

/** What reaches outside; made by main, so that a test can hand in something else. */
export interface EngineParts {
  readonly paths: Paths;
  readonly files: readonly string[];
  /** Observe mode for all programs: faults are told, nothing is done. */
  readonly observes: boolean;
  readonly clock: Clock;
  readonly libc: Libc | null;
  readonly logs: LogTransport;
  readonly sampler: Sampler;
  readonly host: HostSampler;
  readonly containment: CgroupsResult;
  readonly onEvents: (events: readonly EngineEvent[]) => void;
}

/** The engine with everything it works on, put together. */
export class RunningEngine {
  readonly engine: Engine;
  readonly operations: Operations;
  readonly sources: Sources;
  readonly holding: Holding;
  readonly schedules: Schedules;
  readonly records: Records;
  readonly events: EventLog;
  readonly observation: Observation;
  readonly degradations = new Degradations();
  readonly health: HealthMonitor;
  readonly neighbours: Neighbours;
  readonly rowWatchers = new Watchers<[keyof RowChanges, string]>();
  readonly eventWatchers = new Watchers<[]>();
  readonly settingWatchers = new Watchers<[]>();
  readonly parts: EngineParts;
  readonly exits: Exits;
  readonly status: OwnStatus;
  readonly containmentOf = (entry: ManagedProgram): ContainmentKind => this.#runner.containmentOf(entry);
  readonly #stores: Stores;
  readonly #healing: HealingSwitch;
  readonly #runner: ProgramRunner;
  readonly #alerting: Alerting;

  constructor(parts: EngineParts) {
    const { paths, clock, libc, logs } = parts;
    this.parts = parts;
    this.#stores = createStores(paths, bootId());
    this.events = this.#stores.events;
    this.records = new Records(
      this.#stores,
      () => clock.now().wall,
      (events) => this.#publish(events),
    );
    this.#runner = new ProgramRunner(
      {
        libc,
        clock,
        stateDir: paths.stateDir,
        pipesDir: paths.pipesDir,
        cgroups: parts.containment.cgroups,
        isMain: (pid) => this.engine.findByPid(pid) !== undefined,
        onExits: (exits) => this.exits.onChildren(exits),
        binaries: () => this.sources.binaries,
      },
      logs,
    );
    this.health = new HealthMonitor({
      clock,
      probe: runProbe,
      post: (id, fact) => this.engine.post(id, fact),
      surroundings: (spec, probeNumber) => this.#runner.checkSurroundings(spec, probeNumber),
    });
    this.#healing = this.#createHealingSwitch();
    this.engine = new Engine(
      clock,
      { ...this.#runner.ports, recorder: this.records },
      {
        onLaunch: () => this.records.flush(),
        onChange: (entry) => this.#onChange(entry),
        onForgotten: (entry) => this.#onForgotten(entry),
        onSettled: () => this.records.commit(),
      },
      (id) => this.#healing.modeOf(id),
    );
    this.exits = new Exits(this.engine, this.#runner, clock);
    this.operations = new Operations(this.engine, clock);
    this.holding = new Holding(this.engine, this.operations, this.#healing);
    this.schedules = new Schedules(clock, (id, schedule) => this.engine.post(id, { kind: 'restartDue', schedule }));
    const files = { files: parts.files, registryFile: paths.registryFile };
    this.sources = new Sources(files, paths.sourcesFile, this.#specTarget());
    this.neighbours = new Neighbours(this, this.#runner.readTable);
    this.#alerting = new Alerting(this);
    this.status = new OwnStatus(this, () => this.#alerting.status());
    this.observation = new Observation(this.engine, parts, {
      onUsage: (entry) => this.rowWatchers.emit('changed', entry.id),
      onLost: (entry) => this.exits.onLost(entry),
      onTick: (problem) => this.#onTick(problem),
    });
  }

  #specTarget(): SpecTarget {
    return {
      engine: this.engine,
      records: this.records,
      putSpec: (spec) => {
        this.#stores.state.putSpec(spec.id, spec);
        this.parts.logs.changeSettings(spec.id, spec.logs);
      },
      onSettings: () => this.settingWatchers.emit(),
    };
  }

  #createHealingSwitch(): HealingSwitch {
    return new HealingSwitch(
      {
        clock: this.parts.clock,
        recorder: this.records,
        onChange: (id) => this.engine.healingChanged(id),
        save: (holds) => this.#stores.holds.put(holds),
      },
      this.parts.observes,
    );
  }

  logFolder(id: string): string {
    return join(this.parts.paths.logsDir, id);
  }

  /** Takes over from an earlier engine, with what the log transport kept for us, and starts what is to run. */
  async start({ exits, runs }: Pick<StartedTransport, 'exits' | 'runs'>): Promise<void> {
    const { clock } = this.parts;
    const { stored, cooldowns, holds, problems } = loadStores(this.#stores, clock.now().wall);
    this.observation.anomalies.take(this.events.after(0).events);
    this.#healing.recall(holds);
    const alertQueueProblem = this.#alerting.load();
    recordStart(this.events, this.records);
    this.neighbours.orphans.load();
    for (const problem of [...problems, alertQueueProblem]) {
      if (problem !== null) this.records.recordEngineEvent('file-corrupt', problem);
    }
    const { specs, isComplete, inEffect } = await this.sources.start(clock.now().wall);
    for (const { spec } of specs) this.#stores.state.putSpec(spec.id, spec);
    const inheritance = {
      stored,
      cooldowns,
      isSameBoot: stored.bootId === bootId(),
      enabled: enabledByName(inEffect.registry.content),
    };
    if (specs.some(({ spec }) => runsCommands(spec))) this.#runner.endLostChecks();
    await boot(this.engine, specs, isComplete, inheritance, this.#runner.bootPorts(createUnseenExits(exits, clock)));
    this.#takeOverOutput(runs);
    this.#stores.state.compact();
    this.records.commit();
    this.#alerting.start();
    this.observation.start();
  }

  #takeOverOutput(followed: readonly RunRef[]): void {
    for (const { id, program } of this.engine.programs.values()) {
      const run = runOf(program.state);
      if (run?.adopted === true) this.#runner.followAdopted(program.spec, { id, run });
    }
    for (const { id, run } of followed) {
      const entry = this.engine.programs.get(id);
      const isCurrent = entry !== undefined && runOf(entry.program.state)?.number === run;
      if (!isCurrent) void this.parts.logs.ended(id, run);
    }
  }

  /** Ends the programs, or leaves them to the next engine, and then everything the engine itself holds. */
  async shutdown(options: ShutdownOptions): Promise<ShutdownResult> {
    const { keep } = options;
    this.sources.close();
    this.health.close();
    this.records.recordEngineEvent(
      'engine-stopping',
      keep ? 'the engine goes down, its programs stay' : 'the engine goes down',
    );
    const result = await stopAll(this.engine, this.operations, this.parts.clock, options);
    this.observation.close();
    if ([...this.engine.programs.values()].some(({ program }) => runsCommands(program.spec)))
      this.#runner.endLostChecks();
    this.schedules.close();
    this.#healing.close();
    this.engine.close();
    if (!keep) this.#forgetRuns();
    this.records.commit();
    await this.#alerting.close();
    this.#runner.close(keep);
    await this.parts.logs.close(!keep);
    // With the programs their pipes are of no use to anybody.
    if (!keep) rmSync(this.parts.paths.pipesDir, { recursive: true, force: true });
    this.records.close();
    return result;
  }

  /** What stopped because the engine went down starts afresh with the next one; what was disabled stays so. */
  #forgetRuns(): void {
    for (const { id, program } of this.engine.programs.values()) {
      if (program.state.name !== 'disabled') this.#stores.state.remove(id);
    }
    this.#stores.state.compact();
  }

  #onChange(entry: ManagedProgram): void {
    this.records.change(entry);
    this.schedules.keep(entry.id, entry.program.spec.schedule);
    this.rowWatchers.emit('changed', entry.id);
    this.operations.onChange(entry);
    this.health.onChange(entry);
    this.#runner.keepLimits(entry);
  }

  #onForgotten(entry: ManagedProgram): void {
    this.records.forget(entry);
    this.schedules.keep(entry.id, null);
    this.#healing.forget(entry.id);
    this.observation.forget(entry.id);
    this.health.forget(entry.id);
    this.#runner.forget(entry.id);
    this.rowWatchers.emit('removed', entry.id);
  }

  #publish(events: readonly EngineEvent[]): void {
    this.observation.takeEvents(events);
    this.parts.onEvents(events);
    this.eventWatchers.emit();
    this.#alerting.onEvents(events);
  }

  #onTick(problem: string | null): void {
    if (problem === null) this.degradations.clear('sampling');
    else this.degradations.set('sampling', `programs cannot be sampled: ${problem}; limits are not watched meanwhile`);
    this.status.tick();
    this.neighbours.tick();
    endEscaped({
      programs: this.engine.programs,
      sampler: this.parts.sampler,
      marks: this.#runner.marks,
      isProbing: (id, number) => this.health.isProbing(id, number),
      records: this.records,
      keep: (id, daemon) => this.#runner.keepDaemon(id, daemon),
    });
  }
}

function runsCommands({ health }: ProcessSpec): boolean {
  return health?.check.type === 'exec';
}
