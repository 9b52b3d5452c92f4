import type { PeerView } from './peer-view.ts';
import type { Health, LastExit, ProcessStateName } from './process-state.ts';

/** Of the whole tree: percent of one core, MB of 2^20 bytes; null is unlimited. */
export interface Limits {
  readonly cpuPercent: number | null;
  readonly memoryMb: number | null;
}

export type HealingModeName = 'on' | 'observed' | 'held';

/** What a live table shows of one program. Holds nothing that changes by itself as time goes by. */
export interface SnapshotRow {
  readonly id: string;
  readonly name: string;
  readonly state: ProcessStateName;
  readonly pid: number | null;
  /** ISO 8601; null when not running. */
  readonly startedAt: string | null;
  /** Of the whole tree, percent of one core, rounded to 0.1; null when not measured. */
  readonly cpuPercent: number | null;
  /** Of the whole tree, MB of 2^20 bytes, rounded to 0.1. */
  readonly memoryMb: number | null;
  /** Processes in the tree, the program's own included. */
  readonly processes: number;
  /** Starts after the first since the program became known. */
  readonly restarts: number;
  readonly limits: Limits;
  /** ISO 8601; null outside `cooldown`. */
  readonly cooldownUntil: string | null;
  /** ISO 8601 of the next automatic start; null outside `backoff`. */
  readonly retryAt: string | null;
  readonly lastExit: LastExit | null;
  readonly health: Health;
  /** Whether faults are healed; held for a while or without end, or only observed. */
  readonly healing: HealingModeName;
  /** ISO 8601; null for a hold without end, and where nothing is held. */
  readonly heldUntil: string | null;
  /** Where the program is defined, e.g. "process_list.txt:3". */
  readonly source: string;
  /** Why it is in this state, in one sentence. */
  readonly why: string;
}

/** A row of `healer ls --json`. */
export interface ProcessRow extends SnapshotRow {
  readonly uptimeMs: number | null;
}

/** A row as it is at a time. The live table leaves the uptime out: it would change each row each second. */
export function withUptime(row: SnapshotRow, nowMs: number): ProcessRow {
  return { ...row, uptimeMs: row.startedAt === null ? null : Math.max(0, nowMs - Date.parse(row.startedAt)) };
}

/** The machine, for the header of the screen. What could not be found out is null. */
export interface HostFacts {
  readonly hostname: string;
  readonly platform: string;
  readonly cores: number;
  /** Of all cores together, 0 to 100; null until measured. */
  readonly cpuPercent: number | null;
  readonly memoryUsedMb: number | null;
  readonly memoryTotalMb: number | null;
  readonly load: readonly [number, number, number] | null;
  readonly diskUsedPercent: number | null;
  readonly bootedAt: string | null;
}

/** The engine's own use of resources: the guard limits itself. */
export interface EngineLoad {
  readonly cpuPercent: number | null;
  readonly memoryMb: number;
  readonly openFiles: number | null;
  readonly eventsHeld: number;
  readonly clients: number;
}

/** How alerts get out (SPEC section 10). Times in ISO 8601. */
export interface AlertsStatus {
  /** Where they go, in words without secrets: "mail to ops@example.com". Empty: nowhere. */
  readonly channels: readonly string[];
  readonly lastSentAt: string | null;
  /** Letters that are not delivered yet. */
  readonly waiting: number;
  readonly failingSince: string | null;
  /** Why they do not get out, with what to do; null when they do. */
  readonly problem: string | null;
}

/** How the processes of a program are held together: by the kernel, or by who descends from whom. */
export type ContainmentKind = 'cgroup' | 'process tree';

export interface ContainmentStatus {
  readonly kind: ContainmentKind;
  /** Where the cgroups are and what the kernel limits; else why there are none. */
  readonly detail: string;
}

/** The answer to `status`. */
export interface EngineStatus {
  readonly instance: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  readonly uptimeMs: number;
  readonly host: HostFacts;
  /** Programs by state, states without a program left out, and `total`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Programs whose health check passes, and those that fail it. */
  readonly health: { readonly healthy: number; readonly unhealthy: number };
  readonly load: EngineLoad;
  /** What does not work as it should, each a sentence with the next step. Empty when all is well. */
  readonly degraded: readonly string[];
  /** For all programs; `held` counts those with a hold of their own. */
  readonly healing: { readonly mode: HealingModeName; readonly until: string | null; readonly held: number };
  readonly sources: readonly string[];
  readonly alerts: AlertsStatus;
  readonly containment: ContainmentStatus;
  /** The engine that watches this one, or is watched by it; null without one. */
  readonly partner: PeerView | null;
}

/** One message of the `snapshot` subscription: the first is full, later ones carry changed rows only. */
export interface SnapshotMessage {
  readonly full: boolean;
  /** What follows at once belongs to the same state of the table. */
  readonly more: boolean;
  /** ISO 8601. */
  readonly at: string;
  readonly status: EngineStatus;
  readonly rows: readonly SnapshotRow[];
  readonly removed: readonly string[];
}
