import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Paths } from '../../config/instance/paths.ts';
import { Alerts } from '../alerts/alerts.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import { readTail } from '../logs/log-reader.ts';
import type { Records } from '../records/records.ts';
import type { EventLog } from '../store/event-log.ts';

/** The bundle of the delivery worker is in the same folder as that of the engine. */
const DELIVERY = fileURLToPath(new URL('./courier.js', import.meta.url));

/** The parts of the engine that alerts use. */
export interface AlertingEngine {
  readonly paths: Paths;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly records: Records;
  readonly engine: Pick<Engine, 'programs'>;
}

/** Connects the alerts to the rest of the engine. */
export function createAlerts({ paths, clock, events, records, engine }: AlertingEngine): Alerts {
  return new Alerts({
    instance: paths.instance,
    alertsFile: paths.alertsFile,
    spoolDir: paths.spoolDir,
    deliveryPath: DELIVERY,
    now: () => clock.now().wall,
    steadyNow: () => clock.now().mono,
    lastSeq: () => events.lastSeq,
    eventsAfter: (seq) => events.after(seq).events,
    subjectOf: (id) => engine.programs.get(id)?.program.spec ?? null,
    readTail: (id, count) => readTail(join(paths.logsDir, id), count),
    record: (kind, reason, data) => records.announce(kind, reason, data),
  });
}
