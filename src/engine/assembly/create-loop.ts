import { join } from 'node:path';
import { type FleetLoss, fleetLossOf as judgeFleetLoss } from '../../policy/fleet-loss.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { Engine } from '../core/engine.ts';
import type { Ports } from '../core/ports.ts';
import { LeavingPrograms } from '../core/leaving-programs.ts';
import { ReleasedRuns } from '../core/released-runs.ts';
import { MainPids } from '../core/main-pids.ts';
import { HealingSwitch } from '../operations/healing-switch.ts';
import { HealingPauses } from '../operations/healing-pauses.ts';
import { Batches } from '../operations/batches.ts';
import { OperationRunner } from '../operations/operation-runner.ts';
import { readTail } from '../logs/log-reader.ts';
import { bootId } from '../os/boot-id.ts';
import { Records } from '../records/records.ts';
import { DisplayCheck } from '../runs/display-check.ts';
import { Exits } from '../runs/exits.ts';
import { ProgramCommands } from '../launching/program-commands.ts';
import { StartCommands } from '../launching/start-commands.ts';
import { StopCommands } from '../launching/stop-commands.ts';
import { UnusedSockets } from '../runs/unused-sockets.ts';
import { ProgramRunner } from '../runs/program-runner.ts';
import { FleetConnection } from '../fleet/fleet-connection.ts';
import type { EventLog } from '../store/event-log.ts';
import { createStores, type Stores } from '../store/stores.ts';
import type { EngineParts } from './engine-parts.ts';

/** The loop of facts, decisions and effects, with the parts that act on programs through it. */
export interface EngineLoop {
  readonly stores: Stores;
  readonly events: EventLog;
  readonly records: Records;
  readonly runner: ProgramRunner;
  readonly released: ReleasedRuns;
  readonly commands: ProgramCommands;
  readonly healing: HealingSwitch;
  readonly engine: Engine;
  readonly exits: Exits;
  readonly unusedSockets: UnusedSockets;
  readonly operations: OperationRunner;
  readonly batches: Batches;
  readonly healingPauses: HealingPauses;
  readonly fleetConnection: FleetConnection;
  /** Returns why a program may not run while the connection to the fleet is lost; null if it may. */
  readonly fleetLossOf: (spec: ProcessSpec) => FleetLoss | null;
}

/** Creates the engine's loop, without any programs yet. */
export function createLoop(parts: EngineParts): EngineLoop {
  const { paths, clock, libc, logs, containment, observes } = parts;
  const stores = createStores(paths, bootId());
  const records = new Records(stores, () => clock.now().wall);
  const mainPids = new MainPids();
  const leaving = new LeavingPrograms();
  const released = new ReleasedRuns((runs) => stores.state.putReleased(runs));
  const runner = new ProgramRunner(
    {
      libc,
      clock,
      stateDir: paths.stateDir,
      pipesDir: paths.pipesDir,
      cgroups: containment.cgroups,
      isMain: (pid) => mainPids.has(pid),
      leaves: (id) => leaving.has(id),
      released,
    },
    logs,
  );
  const healing = new HealingSwitch({ clock, recorder: records, save: (holds) => stores.holds.put(holds) }, observes);
  const commands = createCommands(parts, runner, (id) => engine.programs.get(id)?.program.runs ?? 0);
  const ofPrograms = commandPorts(commands, () => engine);
  const fleetConnection = new FleetConnection(paths, clock);
  const fleetLossOf = (spec: ProcessSpec): FleetLoss | null => judgeFleetLoss(spec, fleetConnection.lostForMs());
  const ports = { ...runner.ports, ...ofPrograms.ports, recorder: records, fleetLoss: fleetLossOf };
  const engine: Engine = new Engine({ clock, ports, healing, mainPids, lastRunOf: (id) => released.lastOf(id) });
  ofPrograms.watch();
  watchPrograms(engine, { leaving, healing, runner });
  const unusedSockets = new UnusedSockets(engine, runner.listening);
  const display = new DisplayCheck({
    displayOf: (spec, run) => runner.displays.ofRun(spec, run),
    isGraphical: (id, run) => runner.displays.isGraphical(id, run),
    readTail: (id, count) => readTail(join(paths.logsDir, id), count),
    now: () => clock.now().mono,
  });
  engine.onForgotten.add(({ id }) => display.forget(id));
  const exits = new Exits(engine, runner, clock, display);
  const operations = new OperationRunner(engine, clock);
  const healingPauses = new HealingPauses(engine, operations, healing);
  return {
    stores,
    commands,
    events: stores.events,
    records,
    runner,
    released,
    healing,
    engine,
    exits,
    unusedSockets,
    operations,
    batches: new Batches(engine, clock, (id, dependency) =>
      operations.request('restart', id, { graceful: true, timeoutMs: null, with: dependency }).catch(() => undefined),
    ),
    healingPauses,
    fleetConnection,
    fleetLossOf,
  };
}

/** Lets these parts follow the programs as they change and are forgotten. */
function watchPrograms(
  engine: Engine,
  { leaving, healing, runner }: { leaving: LeavingPrograms; healing: HealingSwitch; runner: ProgramRunner },
): void {
  leaving.watch(engine.programs);
  engine.onForgotten.add((entry) => leaving.forgotten(entry));
  engine.onChange.add((entry) => runner.keepLimits(entry));
  engine.onForgotten.add(({ id }) => {
    healing.forget(id);
    runner.forget(id);
  });
}

/** Creates what runs the commands of programs. Their output goes into the log of the latest run. */
function createCommands({ logs }: EngineParts, runner: ProgramRunner, runOf: (id: string) => number): ProgramCommands {
  return new ProgramCommands({
    surroundings: (spec, number, command) => runner.commandSurroundings(spec, number, command),
    write: ({ id, logs: log }, stream, text) => logs.note({ id, run: runOf(id), log, stream, text }),
  });
}

type CommandPorts = Pick<Ports, 'runStopCommand' | 'runBefore'>;

/** Returns the ports that run the commands of starts and stops, and what makes them end with these. */
function commandPorts(
  commands: ProgramCommands,
  engine: () => Engine,
): { readonly ports: CommandPorts; readonly watch: () => void } {
  const stops = new StopCommands(commands);
  const starts = new StartCommands(commands);
  const post: Engine['post'] = (id, fact) => engine().post(id, fact);
  return {
    ports: {
      runStopCommand: (target, spec, timeoutMs) => stops.run(target, spec, timeoutMs, post),
      runBefore: (spec) => starts.run(spec, post),
    },
    watch: () => {
      stops.watch(engine());
      starts.watch(engine());
    },
  };
}
