import { enabledByName } from '../../config/registry/registry-content.ts';
import { runOf } from '../../policy/lifecycle/state.ts';
import { startProgressFile, StartProgressNote } from '../../config/instance/start-progress.ts';
import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import { sourcesDigest } from '../../config/sources/sources-digest.ts';
import type { StoredState } from '../store/state-store.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { runKey, type RunRef } from '../../protocol/run.ts';
import { noteOverrides } from '../definitions/apply-specs.ts';
import { boot } from '../definitions/boot.ts';
import type { BootPorts } from '../definitions/heirs.ts';
import type { Inheritance } from '../definitions/inheritance.ts';
import type { StartedTransport } from '../logs/files/log-transport.ts';
import { bootId } from '../os/boot-id.ts';
import { recordStart, wasStoppingPrograms } from '../records/record-start.ts';
import { createUnseenExits } from '../runs/exits.ts';
import { loadStores, type Recollection } from '../store/stores.ts';
import { runsCommands } from './runs-commands.ts';
import type { RunningEngine } from './running-engine.ts';

type StartingEngine = Pick<
  RunningEngine,
  | 'parts'
  | 'stores'
  | 'events'
  | 'records'
  | 'runner'
  | 'released'
  | 'healing'
  | 'engine'
  | 'sources'
  | 'unknownPrograms'
  | 'alerting'
  | 'neighbors'
  | 'unusedSockets'
  | 'sampling'
  | 'usage'
  | 'schedules'
  | 'runHistory'
>;

interface Before extends Omit<StartedTransport, 'transport'> {
  /** A sentence for each place from which something was moved that is not a file. */
  readonly cleared: readonly string[];
}

type Recalled = Recollection & Pick<Inheritance, 'isShutdownInterrupted'>;

/**
 * Continues from where the previous engine left off, with the runs and exits that the log transport recorded in the
 * meantime, and starts the programs.
 */
export async function startEngine(it: StartingEngine, { exits, runs, hasCollector, cleared }: Before): Promise<void> {
  const { engine, records, runner, sources, stores, alerting } = it;
  const { clock, paths } = it.parts;
  const { stored, cooldowns, cooldownSeq, isShutdownInterrupted } = recallRecords(it, { exits, cleared });
  const withPipes = runner.leftOutput.runsOnDisk();
  const past = it.events.after(0).events;
  it.runHistory.take(past, true);
  const pastEvents = eventsByProgram(past);
  const { specs, isComplete, inEffect } = await sources.start(clock.now().wall);
  const digest = sourcesDigest(inEffect);
  const enabled = new Set([
    ...enabledByName(inEffect.registry.content),
    ...(isComplete ? enabledMeanwhile(specs, stored) : []),
  ]);
  const before = [...stored.programs.values()].map(({ spec }) => spec);
  if ([...before, ...specs.map(({ spec }) => spec)].some(runsCommands)) runner.endLostChecks();
  const ports = bootPortsOf(it, { exits, runs, hasCollector }, withPipes);
  const progress = new StartProgressNote(startProgressFile(paths));
  await boot({
    engine,
    specs,
    isComplete,
    inheritance: {
      stored,
      cooldowns,
      cooldownSeq,
      events: pastEvents,
      isSameBoot: stored.bootId === bootId(),
      isShutdownInterrupted,
      isRewritten: stored.digest !== null && stored.digest !== digest,
      enabled,
    },
    putSpec: ({ spec, origin }) => stores.state.putSpec(spec.id, spec, origin),
    onUnlisted: (id) => sources.keepUnlisted(id),
    onUnknown: (id, pid) => records.recordEngineEvent('config-invalid', describeUnknown(id, pid), { pid }),
    onProgress: (started, total) => progress.note(started, total),
    ports,
  });
  it.runHistory.settle();
  catchUp(it, stored, past);
  noteUnknown(it, ports);
  noteOverrides(engine, specs);
  reportUnlisted(it);
  sources.restartOutdated();
  it.unusedSockets.begin(records);
  endFollowed(it, [...runs, ...exits]);
  recoverUnrecorded(it, withPipes, [...runs, ...exits]);
  // The compacted file states the number of the last event that its records reflect.
  if (isComplete) forgetUndefined(it);
  records.flush();
  stores.state.putDigest(digest);
  stores.state.compact();
  records.commit();
  alerting.start();
  it.sampling.start();
  it.usage.start();
  progress.remove();
}

/** Makes up for a scheduled run that was due while no engine was running, for programs that the previous engine knew. */
function catchUp({ engine, schedules }: StartingEngine, { programs }: StoredState, past: readonly EngineEvent[]): void {
  const starts = past.filter(({ kind }) => kind === 'engine-started');
  // The last one is the start of this engine.
  const previous = starts.at(-2);
  if (previous === undefined) return;
  for (const { id, program } of engine.programs.values()) {
    const { schedule, scheduling } = program.spec;
    if (schedule === null || !scheduling.catchUp || !programs.has(id)) continue;
    const last = past.findLast(({ process, kind }) => process === id && kind === 'scheduled-restart') ?? previous;
    schedules.catchUp(id, Date.parse(last.time));
  }
}

function bootPortsOf(
  { runner, parts }: StartingEngine,
  { exits, runs, hasCollector }: Omit<StartedTransport, 'transport'>,
  withPipes: readonly RunRef[],
): BootPorts {
  const lastFollowed = lastRuns([...runs, ...exits, ...withPipes]);
  const followedRuns = new Set(runs.map(runKey));
  const knownExits = new Set(exits.map(runKey));
  return runner.bootPorts({
    exitOf: createUnseenExits(exits, parts.clock),
    lastFollowedRun: (id) => lastFollowed.get(id) ?? 0,
    recoverOutput: (spec, { id, run }) => {
      const key = runKey({ id, run: run.number });
      // The log collector removes the pipes of a run once they are drained.
      const isDrained = knownExits.has(key) && !runner.leftOutput.hasPipes({ id, run });
      if (!followedRuns.has(key) && !isDrained) runner.leftOutput.recover(spec, { id, run });
    },
    hasWitness: hasCollector,
  });
}

/** Returns the highest run number of each program. */
function lastRuns(refs: readonly RunRef[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { id, run } of refs) last.set(id, Math.max(last.get(id) ?? 0, run));
  return last;
}

/** Returns the ids of programs whose definition disabled them when the previous engine read it, and enables them now. */
function enabledMeanwhile(specs: readonly SourcedSpec[], { programs }: StoredState): string[] {
  return specs
    .map(({ spec }) => spec)
    .filter(({ id, enabled }) => enabled && programs.get(id)?.spec.enabled === false)
    .map(({ id }) => id);
}

/** Removes the records of programs that no source defines: a definition added later must not inherit them. */
function forgetUndefined({ engine, stores }: StartingEngine): void {
  for (const id of stores.state.ids) if (!engine.programs.has(id)) stores.state.remove(id);
}

function eventsByProgram(events: readonly EngineEvent[]): ReadonlyMap<string, readonly EngineEvent[]> {
  const grouped = new Map<string, EngineEvent[]>();
  for (const event of events) {
    if (event.process === null) continue;
    const own = grouped.get(event.process);
    if (own === undefined) grouped.set(event.process, [event]);
    else own.push(event);
  }
  return grouped;
}

function describeUnknown(id: string, pid: number): string {
  return `process ${String(pid)} runs as "${id}", which no source defines, and is left alone; define it to adopt it, or end it with "kill ${String(pid)}"`;
}

/** Notes the programs that are running although nothing names them. */
function noteUnknown({ engine, unknownPrograms }: StartingEngine, { census }: BootPorts): void {
  for (const { owner } of census.processes) if (!engine.programs.has(owner.id)) unknownPrograms.note(owner.id);
}

/** Names the programs that keep running although no source defines them. */
function reportUnlisted({ sources, records }: StartingEngine): void {
  const ids = sources.unlisted;
  if (ids.length === 0) return;
  const reason = `no source defines ${ids.join(', ')}, but ${ids.length === 1 ? 'it keeps' : 'they keep'} running; remove with "healer remove ${ids.join(' ')}"`;
  records.recordEngineEvent('config-invalid', reason, { unlisted: ids });
}

/** Loads what the previous engine recorded and records the start of this one. */
function recallRecords(it: StartingEngine, { exits, cleared }: Pick<Before, 'exits' | 'cleared'>): Recalled {
  const { parts, stores, events, usage, healing, alerting, records, neighbors } = it;
  const recollection = loadStores(stores, parts.clock.now().wall);
  const past = events.after(0).events;
  usage.anomalies.take(past);
  usage.totals.recall(recollection.totals, past, exits);
  healing.recall(recollection.holds);
  it.released.load(recollection.stored.released);
  const alertQueueProblem = alerting.load();
  const isShutdownInterrupted = wasStoppingPrograms(events);
  recordStart(events, records);
  neighbors.orphans.load();
  for (const problem of [...cleared, ...recollection.problems, alertQueueProblem]) {
    if (problem !== null) records.recordEngineEvent('file-corrupt', problem);
  }
  return { ...recollection, isShutdownInterrupted };
}

/** Collects the output of runs of which only the pipes are left. */
function recoverUnrecorded(
  { engine, runner }: StartingEngine,
  withPipes: readonly RunRef[],
  followed: readonly RunRef[],
): void {
  const known = new Set(followed.map(runKey));
  for (const ref of withPipes) {
    const program = engine.programs.get(ref.id)?.program;
    // A run that was recorded before its start, which the previous engine did not complete, has the same number now.
    if (program === undefined || known.has(runKey(ref)) || runOf(program.state)?.number === ref.run) continue;
    runner.leftOutput.recoverUnrecorded(program.spec, ref);
  }
}

/** Ends the transport of runs that are over. */
function endFollowed({ engine, parts }: StartingEngine, followed: readonly RunRef[]): void {
  for (const { id, run } of followed) {
    const entry = engine.programs.get(id);
    const isCurrent = entry !== undefined && runOf(entry.program.state)?.number === run;
    if (!isCurrent) void parts.logs.ended(id, run);
  }
}
