import { join } from 'node:path';
import { PROTOCOL_VERSION } from '../../protocol/protocol-version.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';
import { ownUserName } from '../../base/own-user.ts';
import { homeOf } from '../../config/instance/paths.ts';
import { readBuildId } from '../../base/build-id.ts';
import { PACKAGE_VERSION } from '../../base/package-version.ts';
import type { TreeMember } from '../../protocol/results/process-details.ts';
import { followLog } from '../logs/log-follower.ts';
import { readLogPage } from '../logs/log-pages.ts';
import { shortCommand } from '../os/short-command.ts';
import { sharedBy } from '../servers/shared-by.ts';
import { selectionOf } from '../requests/select-log.ts';
import { createHandlers, type RequestContext } from '../requests/requests.ts';
import { rowOf } from '../requests/rows.ts';

type AnsweringEngine = Pick<
  RunningEngine,
  | 'parts'
  | 'engine'
  | 'operations'
  | 'batches'
  | 'sources'
  | 'health'
  | 'healingPauses'
  | 'neighbors'
  | 'schedules'
  | 'runHistory'
  | 'records'
  | 'events'
  | 'status'
  | 'runner'
  | 'usage'
  | 'rowWatchers'
  | 'unsent'
>;
type Shutdown = Pick<RequestContext, 'shutdown' | 'restartMonitor'>;

/** Read at the start: an upgrade replaces the file. */
const BUILD_ID = readBuildId();

/** Returns the engine as its servers see it. */
export function servedEngine(running: AnsweringEngine, shutdown: Shutdown): ServedEngine {
  const { engine, operations, events, records, parts, rowWatchers } = running;
  const { paths } = parts;
  const logFolder = (id: string): string => join(paths.logsDir, id);
  const served: ServedEngine = {
    hello: {
      ...{ protocol: PROTOCOL_VERSION, version: PACKAGE_VERSION, instance: paths.instance, pid: process.pid },
      ...{ user: ownUserName(), home: homeOf(process.env), stateDir: paths.stateDir },
      build: BUILD_ID,
    },
    handlers: createHandlers(requestContext(running, shutdown, logFolder)),
    status: () => running.status.read(),
    row: (id) => {
      const entry = engine.programs.get(id);
      return entry === undefined ? undefined : rowOf(entry, parts.clock);
    },
    ids: () => [...engine.programs.keys()],
    watchRows: (changes) => rowWatchers.add((kind, id) => changes[kind](id)),
    lastSeq: () => events.lastSeq,
    eventsAfter: (seq) => events.after(seq),
    watchEvents: (onEvents) => records.onEvents.add(() => onEvents()),
    // A log that becomes unreadable ends its stream; the engine continues.
    followLog: (id, from, onBatch, signal, ending) => {
      const entry = operations.find(id);
      const start = { ...from, ...selectionOf(entry, from) };
      return followLog(logFolder(entry.id), start, onBatch, signal, ending).catch(() => undefined);
    },
  };
  running.unsent.add(() => sharedBy(served).budget.unsentBytes);
  return served;
}

function requestContext(
  running: AnsweringEngine,
  shutdown: Shutdown,
  logFolder: (id: string) => string,
): RequestContext {
  const { engine, operations, batches, sources, health, healingPauses, neighbors, events, usage, parts } = running;
  const { clock, sampler } = parts;
  return {
    ...{ engine, operations, batches, sources, health, healingPauses, neighbors, clock, events },
    nextRestart: (id) => running.schedules.nextOf(id),
    runsOf: (id) => running.runHistory.of(id),
    status: () => running.status.read(),
    recordProblem: () => running.records.problem,
    containment: (entry) => running.runner.containmentOf(entry),
    tree: ({ id, program }) => {
      const { state } = program;
      return 'run' in state ? sampler.treeOf({ id, ...state.run }).then(withCommands) : Promise.resolve([]);
    },
    recorder: running.records,
    membersOf: (target) => running.runner.membersOf(target),
    actingFor: (id) => running.records.acting.nameFor(id),
    latestUsage: (id) => usage.histories.latest(id),
    history: (id, span) => usage.histories.series(id, span),
    anomalies: (id) => usage.anomalies.since(clock.now().wall, id),
    memoryOf: (id) => usage.memoryOf(id),
    logFolder,
    readPage: (id, page) => readLogPage(logFolder(id), page),
    ...shutdown,
  };
}

/** Larger trees are listed with the commands of their first processes. */
const MOST_COMMANDS = 200;

function withCommands(tree: readonly TreeMember[]): readonly TreeMember[] {
  return tree.map((member, index) => (index < MOST_COMMANDS ? { ...member, command: shortCommand(member) } : member));
}
