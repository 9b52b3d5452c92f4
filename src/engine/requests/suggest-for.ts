import { availableParallelism } from 'node:os';
import { suggest } from '../../policy/suggestions/suggest.ts';
import type { ProgramSuggestions } from '../../protocol/results/suggestions.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { HealthMonitor } from '../watches/health-monitor.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Clock } from '../core/clock.ts';
import type { RunMemory } from '../../policy/anomaly/run-memory.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';

const DAY_MS = 24 * 3_600_000;
/** More events than a healthy program causes in a day. */
const MOST_EVENTS = 500;

interface Records {
  readonly history: (id: string, span: '24h') => HistoryResult;
  readonly anomalies: (id: string) => readonly AnomalyRecord[];
  readonly memoryOf: (id: string) => RunMemory;
  readonly health: Pick<HealthMonitor, 'viewOf'>;
  readonly events: Pick<EventLog, 'latest'>;
  readonly clock: Clock;
}

/** Proposes settings for programs from the records of the last 24 hours. */
export function suggestFor(entries: readonly ManagedProgram[], records: Records): readonly ProgramSuggestions[] {
  return entries.map((entry) => {
    const { id, program } = entry;
    const { cpuPercent, memoryMb, until } = records.history(id, '24h');
    const newest = new Date(until);
    return suggest({
      spec: program.spec,
      cpuByMinute: cpuPercent,
      memoryByMinute: memoryMb,
      minuteOfDay: newest.getHours() * 60 + newest.getMinutes(),
      cores: availableParallelism(),
      stops: { cpu: stopsOf(id, 'limit-cpu', records), memory: stopsOf(id, 'limit-memory', records) },
      anomalies: records.anomalies(id),
      memory: records.memoryOf(id),
      checks: records.health.viewOf(entry)?.results ?? [],
    });
  });
}

function stopsOf(
  id: string,
  kind: 'limit-cpu' | 'limit-memory',
  { events, clock }: Pick<Records, 'events' | 'clock'>,
): number {
  const sinceMs = clock.now().wall - DAY_MS;
  const found = events.latest(MOST_EVENTS, (event) => event.process === id && event.kind === kind);
  return found.filter(({ time }) => Date.parse(time) >= sinceMs).length;
}
