import type { Records } from './records.ts';
import type { EventLog } from '../store/event-log.ts';
import { PACKAGE_VERSION } from '../../base/package-version.ts';

/** Records that the engine has started, and whether the previous one ended without shutting down (a crash or `kill -9`). */
export function recordStart(events: EventLog, records: Records): void {
  const [last] = events.latest(1, ({ kind }) => kind === 'engine-started' || kind === 'engine-stopping');
  const interrupted = last?.kind === 'engine-started';
  const after = interrupted ? '; the previous engine ended without shutting down' : '';
  const reason = `engine ${PACKAGE_VERSION} started as pid ${String(process.pid)}${after}`;
  records.recordEngineEvent('engine-started', reason, interrupted ? { interrupted } : {});
}
