import type { ProcessStateName } from '../../protocol/process-state.ts';

/** The largest row that is read, in bytes. */
export const ROW_BYTES = 4096;
/** The most programs that a row names. */
export const MAX_WORST = 3;
/** The longest reason in a row, in characters. */
export const MAX_WHY = 120;

/** A program that needs attention. */
export interface WorstProgram {
  readonly id: string;
  readonly state: ProcessStateName;
  /** Whether its health check fails. */
  readonly unhealthy: boolean;
  /** When its cooldown or backoff ends, in hub time, ms since 1970; null outside them. */
  readonly until: number | null;
  /** Why it is in this state; null without a reason. */
  readonly why: string | null;
}

/** The number of programs by state, without states that have none. */
export type StateCounts = Readonly<Partial<Record<ProcessStateName, number>>>;

/** What a host reports about itself every 5 s, and at once when a count or a state changes. */
export interface FleetRow {
  /** From the subject of the row, which the server enforces. */
  readonly site: string;
  readonly host: string;
  /** Random, the same as long as one agent runs. */
  readonly epoch: string;
  /** Increases with every row of an epoch. */
  readonly seq: number;
  /** When the row was written, in hub time, ms since 1970. */
  readonly at: number;
  /** Whether the agent is attached to its engine; while the engine is away, the other values are the last known ones. */
  readonly engine: 'up' | 'away';
  readonly counts: StateCounts;
  /** The number of programs, including those in states that this version does not know. */
  readonly programs: number;
  /** The number of programs whose health check fails. */
  readonly unhealthy: number;
  /** At most `MAX_WORST`, worst first. */
  readonly worst: readonly WorstProgram[];
  /** CPU usage of all cores together, 0 to 100; null if unknown. */
  readonly cpuPercent: number | null;
  /** Memory in use, 0 to 100; null if unknown. */
  readonly memoryPercent: number | null;
  /** The load average of one minute; null if unknown. */
  readonly load: number | null;
  /** The sequence number of the host's last event; null if unknown. */
  readonly lastEventSeq: number | null;
  /** The version of healer. */
  readonly version: string;
  readonly protocol: number;
  /** CPU usage of the engine in percent of one core; null if unknown. */
  readonly engineCpuPercent: number | null;
  /** Memory of the engine in MB of 2^20 bytes; null if unknown. */
  readonly engineMemoryMb: number | null;
  /** The number of degraded parts of the engine and the agent. */
  readonly degraded: number;
  /** How far the clock of the host differs from the hub's, in ms, if it matters; null otherwise. */
  readonly skewMs: number | null;
  /** Whether another machine uses the same credential. The host then refuses changes. */
  readonly collision: boolean;
  /** The revision of the configuration that the host applied; null if it never applied one. */
  readonly revision: string | null;
  /** Whether this is the last row of the agent, because it leaves. */
  readonly bye: boolean;
}

/**
 * Writes a row. The keys are short and defaults are left out, because a thousand hosts send a row every five seconds to
 * every screen. The site is in the subject alone.
 */
export function writeRow(row: FleetRow): string {
  return JSON.stringify({
    host: row.host,
    epoch: row.epoch,
    seq: row.seq,
    at: row.at,
    away: row.engine === 'away' ? true : undefined,
    counts: row.counts,
    sick: row.unhealthy === 0 ? undefined : row.unhealthy,
    worst: row.worst.length === 0 ? undefined : row.worst.slice(0, MAX_WORST).map(wireWorst),
    cpu: row.cpuPercent ?? undefined,
    mem: row.memoryPercent ?? undefined,
    load: row.load ?? undefined,
    ev: row.lastEventSeq ?? undefined,
    ver: row.version,
    proto: row.protocol,
    own: row.engineMemoryMb === null ? undefined : [row.engineCpuPercent, row.engineMemoryMb],
    degraded: row.degraded === 0 ? undefined : row.degraded,
    skew: row.skewMs ?? undefined,
    collision: row.collision ? true : undefined,
    rev: row.revision ?? undefined,
    bye: row.bye ? true : undefined,
  });
}

function wireWorst({ id, state, unhealthy, until, why }: WorstProgram) {
  return {
    id,
    state,
    sick: unhealthy ? true : undefined,
    until: until ?? undefined,
    why: why === null ? undefined : why.slice(0, MAX_WHY),
  };
}
