import { PROTOCOL_VERSION } from '../../protocol/methods/methods.ts';
import { followLog } from '../logs/log-follower.ts';
import { readTail } from '../logs/log-reader.ts';
import { createHandlers, type RequestContext } from '../requests/requests.ts';
import { rowOf } from '../requests/rows.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import { VERSION } from '../core/version.ts';

/** The engine as its servers see it. */
export function servedEngine(
  running: RunningEngine,
  { shutdown, restartMonitor }: Pick<RequestContext, 'shutdown' | 'restartMonitor'>,
): ServedEngine {
  const { engine, operations, sources, events, parts } = running;
  const { paths, clock, sampler } = parts;
  return {
    hello: { protocol: PROTOCOL_VERSION, version: VERSION, instance: paths.instance, pid: process.pid },
    handlers: createHandlers({
      engine,
      operations,
      sources,
      health: running.health,
      holding: running.holding,
      neighbours: running.neighbours,
      nextRestart: (id) => running.schedules.nextOf(id),
      clock,
      events,
      status: () => running.status.read(),
      containment: (entry) => running.containmentOf(entry),
      tree: ({ id, program }) => {
        const { state } = program;
        return 'run' in state ? sampler.treeOf({ id, ...state.run }) : Promise.resolve([]);
      },
      history: (id, span) => running.observation.histories.series(id, span),
      anomalies: (id) => running.observation.anomalies.since(clock.now().wall, id),
      logFolder: (id) => running.logFolder(id),
      readTail: (id, count) => readTail(running.logFolder(id), count),
      shutdown,
      restartMonitor,
    }),
    status: () => running.status.read(),
    row: (id) => {
      const entry = engine.programs.get(id);
      return entry === undefined ? undefined : rowOf(entry);
    },
    ids: () => [...engine.programs.keys()],
    watchRows: (changes) => running.rowWatchers.add((kind, id) => changes[kind](id)),
    lastSeq: () => events.lastSeq,
    eventsAfter: (seq) => events.after(seq),
    watchEvents: (onEvents) => running.eventWatchers.add(onEvents),
    followLog: (id, from, onBatch, signal) => {
      const folder = running.logFolder(operations.find(id).id);
      // A log that cannot be read any more ends its stream; the engine goes on.
      followLog(folder, from, onBatch, signal).catch(() => undefined);
    },
  };
}
