import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownUid } from '../../base/own-user.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { Alerts } from '../alerts/alerts.ts';
import type { Condition } from '../../policy/alerts/summaries.ts';
import { HEALING_ON } from '../../policy/healing.ts';
import { type Program, publicName, runOf } from '../../policy/lifecycle/state.ts';
import type { Clock } from '../core/clock.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Engine } from '../core/engine.ts';
import { readTail } from '../logs/log-reader.ts';
import { findDesktopSession } from '../os/desktop-session.ts';
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
    facts: {
      conditionOf: (id) => conditionOf(engine.programs.get(id)?.program, clock),
      maintenanceOf: (id) => maintenanceOf(engine.programs.get(id), clock),
    },
    desktopSession: () => findDesktopSession(ownUid()),
    readTail: (id, count) => readTail(join(paths.logsDir, id), count),
    record: (kind, reason, data) => records.announce(kind, reason, data),
  });
}

function conditionOf(program: Program | undefined, clock: Clock): Condition {
  if (program === undefined || isOff(program)) return { is: 'off' };
  const run = runOf(program.state);
  if (program.state.name !== 'running' || run === null || program.health === 'unhealthy') return { is: 'down' };
  return { is: 'up', forMs: clock.now().mono - run.startedAt.mono };
}

function isOff({ state }: Program): boolean {
  return ['stopped', 'disabled', 'exited', 'paused'].includes(publicName(state));
}

/** A pause of healing is maintenance if it has an end. */
function maintenanceOf(program: ManagedProgram | undefined, clock: Clock): number | null {
  const { mode, until } = program?.healing ?? HEALING_ON;
  if (mode !== 'held' || until === null) return null;
  const leftMs = until.mono - clock.now().mono;
  return leftMs > 0 ? leftMs : null;
}
