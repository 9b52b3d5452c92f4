import { fileURLToPath } from 'node:url';
import type { Paths } from '../../config/instance/paths.ts';
import { Alerts } from '../alerts/alerts.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import { readTail } from '../logs/log-reader.ts';
import type { Records } from '../records/records.ts';
import type { EventLog } from '../store/event-log.ts';

/** The bundle of the delivery worker stands beside that of the engine. */
const DELIVERY = fileURLToPath(new URL('./courier.js', import.meta.url));

/** The engine as far as alerts know it. */
export interface AlertingEngine {
  readonly parts: { readonly paths: Paths; readonly clock: Clock };
  readonly events: EventLog;
  readonly records: Records;
  readonly engine: Engine;
  logFolder(id: string): string;
}

/** Joins the alerts to the rest of the engine. */
export function createAlerts(running: AlertingEngine): Alerts {
  const { parts, events, records } = running;
  const { paths, clock } = parts;
  return new Alerts({
    instance: paths.instance,
    alertsFile: paths.alertsFile,
    spoolDir: paths.spoolDir,
    deliveryPath: DELIVERY,
    now: () => clock.now().wall,
    lastSeq: () => events.lastSeq,
    eventsAfter: (seq) => events.after(seq).events,
    subjectOf: (id) => running.engine.programs.get(id)?.program.spec ?? null,
    readTail: (id, count) => readTail(running.logFolder(id), count),
    tell: (kind, reason, data) => records.announce(kind, reason, data),
  });
}
