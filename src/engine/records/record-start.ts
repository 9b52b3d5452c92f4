import type { Records } from './records.ts';
import type { EventLog } from '../store/event-log.ts';
import { VERSION } from '../core/version.ts';

/** An engine that was told to go down said so; after one that did not, somebody may want to know. */
export function recordStart(events: EventLog, records: Records): void {
  const [last] = events.latest(1, ({ kind }) => kind === 'engine-started' || kind === 'engine-stopping');
  const interrupted = last?.kind === 'engine-started';
  const after = interrupted ? ', after one that ended without being told to' : '';
  const reason = `engine ${VERSION} started as pid ${String(process.pid)}${after}`;
  records.recordEngineEvent('engine-started', reason, interrupted ? { interrupted } : {});
}
