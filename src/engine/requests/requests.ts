import type { RunMemory } from '../../policy/anomaly/run-memory.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { Operation, OperationOptions } from '../../policy/lifecycle/operation-rules.ts';
import { scheduleObstacle } from '../../policy/lifecycle/planning.ts';
import { runOf } from '../../policy/lifecycle/state.ts';
import type { ParsedParams } from '../../protocol/methods/methods.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';
import type { PastRun } from '../../protocol/results/past-run.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { ProcessDetails, TreeMember } from '../../protocol/results/process-details.ts';
import type { RestartMonitorResult, ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import { type ContainmentKind, type EngineStatus, type ProcessRow, withUptime } from '../../protocol/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import { createDefinitionHandlers } from './definitions.ts';
import { noteUnrecorded } from './note-unrecorded.ts';
import { suggestFor } from './suggest-for.ts';
import { operateSelected } from './operate-selected.ts';
import { signalMember, type SignalContext } from './signal-member.ts';
import { reloadProgram } from './reload-program.ts';
import { readingOf } from './usage-reading.ts';
import { selectPrograms } from './select-programs.ts';
import type { Engine } from '../core/engine.ts';
import type { HealthMonitor } from '../watches/health-monitor.ts';
import type { HealingPauses } from '../operations/healing-pauses.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { LatestUsage } from '../watches/usage-histories.ts';
import type { Neighbors } from '../watches/neighbors.ts';
import type { Batches } from '../operations/batches.ts';
import type { OperationRunner } from '../operations/operation-runner.ts';
import { withDependents } from '../operations/with-dependents.ts';
import { cooldownViewOf, rowOf } from './rows.ts';
import type { Handlers } from '../access/served-engine.ts';
import { linesOf, selectionOf } from './select-log.ts';
import type { LogPage } from '../logs/log-pages.ts';
import { requirePausing } from '../os/pausing.ts';
import type { ShutdownOptions } from '../operations/shutdown.ts';
import type { Sources } from '../definitions/sources.ts';
import type { EventLog } from '../store/event-log.ts';

/** The parts of the engine that the handlers use. */
export interface RequestContext extends SignalContext {
  readonly engine: Engine;
  readonly operations: OperationRunner;
  readonly batches: Batches;
  readonly sources: Sources;
  readonly health: HealthMonitor;
  readonly healingPauses: HealingPauses;
  readonly neighbors: Neighbors;
  readonly nextRestart: (id: string) => Date | null;
  readonly runsOf: (id: string) => readonly PastRun[];
  readonly events: EventLog;
  readonly status: () => EngineStatus;
  /** Returns why records cannot be written at the moment; null while they can. */
  readonly recordProblem: () => string | null;
  readonly containment: (entry: ManagedProgram) => ContainmentKind;
  readonly tree: (entry: ManagedProgram) => Promise<readonly TreeMember[]>;
  readonly latestUsage: (id: string) => LatestUsage | undefined;
  readonly history: (id: string, span: '15m' | '24h') => HistoryResult;
  /** Returns the anomalies of the last 24 hours, oldest first. */
  readonly anomalies: (id: string | undefined) => readonly AnomalyRecord[];
  /** Returns what the runs of a program have taught its detectors. */
  readonly memoryOf: (id: string) => RunMemory;
  readonly logFolder: (id: string) => string;
  readonly readPage: (id: string, page: LogPage) => Promise<readonly LogLine[]>;
  readonly shutdown: (options: ShutdownOptions) => Promise<ShutdownResult>;
  readonly restartMonitor: (next: ParsedParams<'restartMonitor'>) => Promise<RestartMonitorResult>;
}

const RECENT_EVENTS = 20;
const AT_ONCE: OperationOptions = { graceful: false, timeoutMs: null };
const GRACEFUL: OperationOptions = { graceful: true, timeoutMs: null };

/** Creates the handlers of all methods. */
export function createHandlers(context: RequestContext): Handlers {
  const { engine, operations, batches, healingPauses, health, clock, events, neighbors } = context;
  const ask = asking(operations);
  const askPausing =
    (operation: 'pause' | 'resume') =>
    (target: { readonly id: string }): Promise<OperationResult> => {
      requirePausing(operation, target.id);
      return ask(operation)(target);
    };

  const performing: Handlers = {
    status: () => context.status(),
    list: (request) => listRows(engine, clock, request),
    describe: ({ id }) => describe(operations.find(id), context),
    history: ({ id, span }) => context.history(operations.find(id).id, span),
    usage: ({ id }) => readingOf(operations.find(id), context.latestUsage),
    start: ask('start'),
    stop: ({ id, graceful, timeoutMs = null, batch }) =>
      noteDependents(context, 'stop', () =>
        batches.run('stop', id, batch, () => operations.request('stop', id, { graceful, timeoutMs })),
      ),
    restart: ({ id, timeoutMs = null, batch }) =>
      noteDependents(context, 'restart', () =>
        batches.run('restart', id, batch, () => operations.request('restart', id, { graceful: true, timeoutMs })),
      ),
    kill: ({ id, batch }) => batches.run('kill', id, batch, () => operations.request('kill', id, AT_ONCE)),
    reload: ({ id }) => reloadProgram(operations, id),
    signal: (request) => signalMember(operations.find(request.id), request, context),
    pause: askPausing('pause'),
    resume: askPausing('resume'),
    ...createDefinitionHandlers(context),
    anomalies: ({ id }) => context.anomalies(id === undefined ? id : operations.find(id).id),
    suggest: ({ id }) => suggestFor(id === undefined ? [...engine.programs.values()] : [operations.find(id)], context),
    zombies: () => neighbors.zombies.list(),
    cleanZombies: () => neighbors.zombies.clean(),
    track: ({ pid }) => neighbors.orphans.track(pid),
    untrack: ({ pid }) => neighbors.orphans.untrack(pid),
    trackStatus: () => neighbors.orphans.status(),
    checkHealth: ({ id }) => health.checkNow(operations.find(id)),
    hold: ({ id, forMs = null }) => healingPauses.hold(id, forMs),
    release: ({ id }) => healingPauses.release(id),
    holdAll: ({ forMs = null }) => healingPauses.holdAll(forMs),
    releaseAll: () => healingPauses.releaseAll(),
    cooldowns: () => [...engine.programs.values()].map((entry) => cooldownViewOf(entry, clock.now())),
    cooldownReset: ask('cooldownReset'),
    logs: async ({ id, ...page }) => {
      const entry = operations.find(id);
      const selection = selectionOf(entry, page);
      return linesOf(entry, selection, context.readPage(entry.id, { ...page, ...selection }));
    },
    events: (request) => eventsOf(events, request),
    reloadConfig: (request) => context.sources.reload(request),
    shutdown: ({ keep, timeoutMs = null }) => context.shutdown({ keep, timeoutMs }),
    restartMonitor: (next) => context.restartMonitor(next),
    operate: (request) => operateSelected(engine, handlers, request),
  };
  const handlers = noteUnrecorded(performing, context.recordProblem);
  return handlers;
}

/** Returns a function that creates the handler of an operation without parameters. */
function asking(operations: OperationRunner) {
  return (operation: Operation, options: OperationOptions = GRACEFUL) =>
    ({ id }: { readonly id: string }): Promise<OperationResult> =>
      operations.request(operation, id, options);
}

async function noteDependents(
  { engine, clock }: Pick<RequestContext, 'engine' | 'clock'>,
  operation: 'stop' | 'restart',
  perform: () => Promise<OperationResult>,
): Promise<OperationResult> {
  const beganMs = clock.now().mono;
  return withDependents(engine, await perform(), operation, beganMs);
}

function eventsOf(
  events: RequestContext['events'],
  { afterSeq, process, kinds, limit }: ParsedParams<'events'>,
): readonly EngineEvent[] {
  const isWanted = (event: { readonly process: string | null; readonly kind: string }): boolean =>
    (process === undefined || event.process === process) &&
    (kinds === undefined || kinds.some((kind) => kind === event.kind));
  if (afterSeq === undefined) return events.latest(limit, isWanted);
  return events.after(afterSeq).events.filter(isWanted).slice(0, limit);
}

function listRows(engine: Engine, clock: Clock, { afterId = '', limit, select }: ParsedParams<'list'>): ProcessRow[] {
  const ids = (select === undefined ? [...engine.programs.keys()] : selectPrograms(engine, select)).sort();
  const page = ids.filter((id) => id > afterId).slice(0, limit);
  return page
    .map((id) => engine.programs.get(id))
    .filter((entry) => entry !== undefined)
    .map((entry) => withUptime(rowOf(entry, clock), clock.now().wall));
}

async function describe(entry: ManagedProgram, context: RequestContext): Promise<ProcessDetails> {
  const { health, clock, containment, events, logFolder, nextRestart, tree } = context;
  const { id, program } = entry;
  const obstacle = program.spec.schedule === null ? null : scheduleObstacle(program, entry.healing);
  return {
    row: withUptime(rowOf(entry, clock), clock.now().wall),
    spec: program.spec,
    cooldown: cooldownViewOf(entry, clock.now()),
    health: health.viewOf(entry),
    containment: containment(entry),
    tree: runOf(program.state) === null ? [] : await tree(entry),
    nextRestart: obstacle === null ? (nextRestart(id)?.toISOString() ?? null) : null,
    scheduleObstacle: obstacle,
    timeZone: program.spec.scheduling.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    runs: context.runsOf(id),
    logPath: `${logFolder(id)}/current.log`,
    latestRun: program.runs,
    recentEvents: events.latest(RECENT_EVENTS, (event) => event.process === id),
  };
}
