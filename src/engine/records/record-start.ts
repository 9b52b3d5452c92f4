import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { Records } from './records.ts';
import type { EventLog } from '../store/event-log.ts';
import { PACKAGE_VERSION } from '../../base/package-version.ts';

/** Returns whether the last engine began to stop all programs. Call it before the start of this one is recorded. */
export function wasStoppingPrograms(events: EventLog): boolean {
  return lastOfEngine(events)?.data['stopsPrograms'] === true;
}

/** Records that the engine has started, and whether the previous one ended without shutting down (a crash or `kill -9`). */
export function recordStart(events: EventLog, records: Records): void {
  const interrupted = lastOfEngine(events)?.kind === 'engine-started';
  const after = interrupted ? '; the previous engine ended without shutting down' : '';
  const reason = `engine ${PACKAGE_VERSION} started as pid ${String(process.pid)}${after}`;
  records.recordEngineEvent('engine-started', reason, interrupted ? { interrupted } : {});
}

function lastOfEngine(events: EventLog): EngineEvent | undefined {
  const [last] = events.latest(1, ({ kind }) => kind === 'engine-started' || kind === 'engine-stopping');
  return last;
}
