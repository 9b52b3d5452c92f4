import { formatDuration } from '../../base/duration.ts';
import type { RowChanges } from '../access/served-engine.ts';
import { ClockWatch } from '../core/clock-watch.ts';
import { Degradations } from '../core/degradations.ts';
import type { PeerReport } from '../core/peer-report.ts';
import { Tally } from '../core/tally.ts';
import { Watchers } from '../core/watchers.ts';
import { Schedules } from '../definitions/schedules.ts';
import { Sources } from '../definitions/sources.ts';
import { RunHistory } from '../watches/run-history.ts';
import { RunTimeLimits } from '../watches/run-time-limits.ts';
import { UnknownPrograms } from '../definitions/unknown-programs.ts';
import { Alerting } from './alerting.ts';
import { createLoop, type EngineLoop } from './create-loop.ts';
import { createWatches, type EngineWatches } from './create-watches.ts';
import type { EngineParts } from './engine-parts.ts';
import { OwnStatus } from './own-status.ts';

/** All parts of an engine. Code that uses the engine picks the few parts that it needs. */
export interface RunningEngine extends EngineLoop, EngineWatches {
  readonly parts: EngineParts;
  readonly sources: Sources;
  readonly schedules: Schedules;
  readonly runTimes: RunTimeLimits;
  readonly runHistory: RunHistory;
  readonly unknownPrograms: UnknownPrograms;
  readonly degradations: Degradations;
  readonly alerting: Alerting;
  readonly status: OwnStatus;
  /** A row of the live table has changed or was removed. */
  readonly rowWatchers: Watchers<[keyof RowChanges, id: string]>;
  /** Clients of all servers; each server adds its count. */
  readonly clients: Tally;
  /** Data that waits for clients of all servers, in bytes. */
  readonly unsent: Tally;
  readonly peer: PeerReport;
}

/** Creates all parts of an engine and connects them. Nothing runs before `startEngine`. */
export function assembleEngine(parts: EngineParts): RunningEngine {
  const { paths, clock } = parts;
  const degradations = new Degradations();
  const clients = new Tally();
  const unsent = new Tally();
  const peer: PeerReport = { view: null };
  const loop = createLoop(parts);
  const { engine, records, events, runner, healingPauses } = loop;
  const schedules = new Schedules(clock, engine);
  const runTimes = new RunTimeLimits(clock, engine);
  const runHistory = watchRuns(loop);
  const unknownPrograms = new UnknownPrograms(engine, () => runner.adoptionPorts());
  const sources = createSources(parts, loop, unknownPrograms);
  const watches = createWatches({ parts, loop, sources, degradations });
  const rowWatchers = watchRows(loop, watches);
  const alerting = new Alerting({ paths, clock, engine, events, records, degradations });
  const described = {
    parts,
    engine,
    healingPauses,
    records,
    events,
    sources,
    degradations,
    alerting,
    notices: watches.notices,
    clients,
    unsent,
    peer,
  };
  watches.sampling.onTick.add(watchClock(loop, parts, schedules, rowWatchers));
  const status = new OwnStatus({ ...described, rowWatchers });
  watches.sampling.onTick.add(() => status.tick());
  return {
    ...{
      parts,
      ...loop,
      ...watches,
      schedules,
      runTimes,
      runHistory,
      unknownPrograms,
      sources,
      degradations,
      alerting,
    },
    ...{ status, rowWatchers, clients, unsent, peer },
  };
}

function createSources(parts: EngineParts, loop: EngineLoop, unknownPrograms: UnknownPrograms): Sources {
  const { paths, logs } = parts;
  const { engine, records, stores, runner } = loop;
  const locations = { ...parts.sources, registryFile: paths.registryFile, noteFile: paths.sourcesFile };
  const sources = new Sources(locations, {
    engine,
    records,
    claimRunning: (sourced) => unknownPrograms.claim(sourced),
    putSources: (ups) => stores.state.putSources(ups),
    putDigest: (digest) => stores.state.putDigest(digest),
    putSpec: (spec, origin) => {
      stores.state.putSpec(spec.id, spec, origin);
      logs.changeSettings(spec.id, spec.logs);
    },
  });
  sources.onLoaded.add(() => runner.useBinaries((id) => sources.binariesOf(id)));
  return sources;
}

/** After the wall clock was set, restarts are planned again, and all rows are sent again with the times as it shows them now. */
function watchClock(
  { engine, records }: EngineLoop,
  { clock }: EngineParts,
  schedules: Schedules,
  rowWatchers: RunningEngine['rowWatchers'],
): () => void {
  const watch = new ClockWatch(clock);
  watch.onSet.add((byMs) => {
    const [direction, ms] = byMs < 0 ? ['back', -byMs] : ['forward', byMs];
    records.announce('clock-set', `the clock of the machine was set ${direction} by ${formatDuration(ms)}`, { byMs });
    schedules.clockSet(byMs);
    for (const id of engine.programs.keys()) rowWatchers.emit('changed', id);
  });
  return () => watch.tick();
}

/** Keeps the last runs of jobs. */
function watchRuns({ engine, records }: EngineLoop): RunHistory {
  const history = new RunHistory(engine.programs);
  records.onEvents.add((added) => history.take(added));
  engine.onForgotten.add(({ id }) => history.forget(id));
  return history;
}

function watchRows({ engine }: EngineLoop, { sampling, onNoticeShown }: EngineWatches): RunningEngine['rowWatchers'] {
  const rowWatchers: RunningEngine['rowWatchers'] = new Watchers();
  engine.onChange.add(({ id }) => rowWatchers.emit('changed', id));
  onNoticeShown.add((id) => rowWatchers.emit('changed', id));
  sampling.onUsage.add(({ id }) => rowWatchers.emit('changed', id));
  engine.onForgotten.add(({ id }) => rowWatchers.emit('removed', id));
  return rowWatchers;
}
