import { isDownAfterFailure } from '../../protocol/process-phase.ts';
import { PROCESS_STATES } from '../../protocol/process-state.ts';
import type { FleetFacts } from './facts.ts';
import type { Labels } from './labels.ts';
import type { Presence } from './presence.ts';
import type { FleetRow } from './row.ts';

/** The states that count as bad. */
const DOWN = PROCESS_STATES.filter(isDownAfterFailure);

/** What is known about one host of the fleet. */
export interface FleetHost {
  readonly site: string;
  readonly host: string;
  /** The labels that the host claims, and over them those that operators gave it. */
  readonly labels: Labels;
  readonly presence: Presence;
  /** How long ago its last row arrived, in ms; null if none is known. */
  readonly ageMs: number | null;
  /** Its last row; null if none is known. */
  readonly row: FleetRow | null;
  /** Its facts; null if none are known. */
  readonly facts: FleetFacts | null;
  /** When its credential was revoked, in hub time, ms since 1970; null if it is valid or if that is unknown. */
  readonly fencedAt: number | null;
  /** Why its last message was refused; null if it was read. */
  readonly problem: string | null;
}

/** Returns the number of programs that are down after a failure or fail their health check; null if it is unknown. */
export function badPrograms({ presence, row }: Pick<FleetHost, 'presence' | 'row'>): number | null {
  if (row === null || row.engine === 'away' || presence === 'lost' || presence === 'left') return null;
  return DOWN.reduce((sum, state) => sum + (row.counts[state] ?? 0), row.unhealthy);
}

/** Returns whether everything on a host is as it should be, as far as it is known. */
export function isHealthyHost(host: FleetHost): boolean {
  const { presence, row, problem } = host;
  if (presence !== 'live' || row === null || problem !== null) return false;
  return row.engine === 'up' && row.degraded === 0 && !row.collision && badPrograms(host) === 0;
}

/** Returns how badly a host needs attention: the higher, the worse. Hosts are listed by it, and then by name. */
export function urgency(host: FleetHost): number {
  const { presence, row } = host;
  if (presence === 'lost') return 6;
  if (presence === 'late') return 5;
  if (presence === 'live' && (host.problem !== null || row?.collision === true || row?.engine === 'away')) return 4;
  if ((badPrograms(host) ?? 0) > 0) return 3;
  if (presence === 'live' && (row?.degraded ?? 0) > 0) return 2;
  return presence === 'live' ? 1 : 0;
}
