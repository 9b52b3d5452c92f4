import { join } from 'node:path';
import type { Sources } from '../definitions/sources.ts';
import type { Degradations } from '../core/degradations.ts';
import type { LeftBehind } from '../health/probe.ts';
import { runProbe } from '../health/run-probe.ts';
import type { Records } from '../records/records.ts';
import type { EscapedProcess } from '../sampling/sampler.ts';
import { endEscaped } from '../watches/escaped-processes.ts';
import { HookRunner } from '../watches/hook-runner.ts';
import { HealthMonitor } from '../watches/health-monitor.ts';
import { LogReadiness } from '../watches/log-readiness.ts';
import { DisplayWatch } from '../watches/display-watch.ts';
import { FleetWatch } from '../watches/fleet-watch.ts';
import { Neighbors } from '../watches/neighbors.ts';
import { SamplingLoop } from '../watches/sampling-loop.ts';
import { Watchers } from '../core/watchers.ts';
import { ProgramNotices } from '../watches/program-notices.ts';
import { WatchdogTimers } from '../watches/watchdog-timers.ts';
import { UnmanagedWatch } from '../watches/unmanaged-watch.ts';
import { UsagePipeline } from '../watches/usage-pipeline.ts';
import type { EngineLoop } from './create-loop.ts';
import type { EngineParts } from './engine-parts.ts';

/** Everything that observes programs and other processes while the engine runs. */
export interface EngineWatches {
  readonly sampling: SamplingLoop;
  readonly usage: UsagePipeline;
  readonly health: HealthMonitor;
  readonly readiness: LogReadiness;
  readonly notices: ProgramNotices;
  /** What a program states about itself has changed. */
  readonly onNoticeShown: Watchers<[id: string]>;
  readonly watchdogs: WatchdogTimers;
  readonly neighbors: Neighbors;
}

interface Watched {
  readonly parts: EngineParts;
  readonly loop: EngineLoop;
  readonly sources: Sources;
  readonly degradations: Degradations;
}

/**
 * Creates the watches. They subscribe to the engine, and to the sampling loop for the work that is done every second.
 */
export function createWatches({ parts, loop, sources, degradations }: Watched): EngineWatches {
  const { clock, sampler, paths } = parts;
  const { engine, records, runner, exits, healingPauses, commands } = loop;
  const sampling = new SamplingLoop(engine, sampler);
  const { totals, learned } = loop.stores;
  const usage = new UsagePipeline({ engine, loop: sampling, records, totals, learned, sampler, clock });
  exits.onRunEnded.add((ended) => usage.totals.runEnded(ended));
  runner.onOrphan.add((orphan) => usage.totals.orphanExited(orphan));
  const health = new HealthMonitor({
    clock,
    engine,
    probe: runProbe,
    surroundings: (spec, probeNumber) => {
      const surroundings = runner.checkSurroundings(spec, probeNumber);
      const endRest: typeof surroundings.endRest = (command) => {
        const killed = surroundings.endRest(command);
        if (!engine.isShuttingDown) recordLeftBehind(spec.id, killed, records);
        return killed;
      };
      return { ...surroundings, endRest };
    },
  });
  const neighbors = new Neighbors({ engine, records, sources, healingPauses, clock, paths }, runner.readTable);
  sampling.onLost.add((entry, process) => exits.onLost(entry, process));
  sampling.onTick.add((problem) => {
    if (problem === null) degradations.clear('sampling');
    else
      degradations.set('sampling', `cannot sample programs: ${problem}; limits are not checked until this works again`);
  });
  sampling.onTick.add(() => neighbors.tick());
  sampling.onTick.add(() => runner.tick());
  const displays = new DisplayWatch(engine, (spec) => runner.displays.ofNextRun(spec));
  sampling.onTick.add(() => displays.tick());
  const fleet = new FleetWatch(engine, loop.fleetLossOf);
  sampling.onTick.add(() => fleet.tick());
  const readiness = new LogReadiness(engine, (id) => join(paths.logsDir, id));
  const watchdogs = new WatchdogTimers({ clock, engine });
  const shown = new Watchers<[id: string]>();
  const notices = new ProgramNotices({ engine, marks: runner.marks, watchdogs, onShown: (id) => shown.emit(id) });
  const unmanaged = new UnmanagedWatch({
    engine,
    newcomers: () => sampler.newcomers().filter((stat) => runner.marks.ownerOfProcess(stat) === null),
    findDuplicates: (spec) => runner.unmanaged.now(spec),
    adopt: (spec, runNumber) => runner.ports.adoptDuplicate(spec, runNumber),
  });
  sampling.onTick.add(() => unmanaged.tick());
  new HookRunner({ engine, commands, records, clock });
  const escapes = {
    programs: engine.programs,
    sampler,
    marks: runner.marks,
    isProbing: (id: string, number: number) => health.isProbing(id, number) || commands.isRunning(number),
    records,
    keep: (id: string, daemon: EscapedProcess) => runner.keepDaemon(id, daemon),
  };
  sampling.onTick.add(() => endEscaped(escapes));
  return { sampling, usage, health, readiness, notices, onNoticeShown: shown, watchdogs, neighbors };
}

/** Records each process that the command of a health check left behind; it has been killed. */
function recordLeftBehind(id: string, killed: readonly LeftBehind[], records: Records): void {
  for (const { pid, name } of killed) {
    const reason = `killed "${name}", which a health check left behind`;
    records.record({ kind: 'leftovers-ended', process: id, pid, reason, data: {} });
  }
  if (killed.length > 0) records.commit();
}
