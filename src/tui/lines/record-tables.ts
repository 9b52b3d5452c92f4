import { anomalyTable } from './anomaly-table.ts';
import { eventTable } from './event-table.ts';
import { zombieTable } from './zombie-table.ts';

/** The list of each record tab. */
export const RECORD_TABLES = { anomalies: anomalyTable, zombies: zombieTable, events: eventTable } as const;
