import type { MemoryMeasure } from './memory-measure.ts';
import type { PeerView } from './peer-view.ts';
import type { Health, LastExit, ProcessStateName } from './process-state.ts';

/** Limits of a process tree: percent of one core, MB of 2^20 bytes; null is unlimited. */
export interface Limits {
  readonly cpuPercent: number | null;
  readonly memoryMb: number | null;
}

export type HealingModeName = 'on' | 'observed' | 'held';

/** One program in the live table. No field changes merely because time passes. */
export interface SnapshotRow {
  readonly id: string;
  readonly name: string;
  /** Groups that the program belongs to. */
  readonly groups: readonly string[];
  readonly state: ProcessStateName;
  readonly pid: number | null;
  /** ISO 8601; null when not running. */
  readonly startedAt: string | null;
  /** CPU usage of the process tree in percent of one core, rounded to 0.1; null if not measured. */
  readonly cpuPercent: number | null;
  /** Memory of the process tree in MB of 2^20 bytes, rounded to 0.1; null if not measured. */
  readonly memoryMb: number | null;
  /** How `memoryMb` was measured; null if not measured. */
  readonly memoryMeasure: MemoryMeasure | null;
  /** Number of processes in the tree, including the main process. */
  readonly processes: number;
  /** Number of starts after the first one. */
  readonly restarts: number;
  readonly limits: Limits;
  /** ISO 8601; null outside `cooldown`. */
  readonly cooldownUntil: string | null;
  /** The restarts that count towards a cooldown, ISO 8601, oldest first; absent without any. They leave the window as time passes. */
  readonly recentRestarts?: { readonly at: readonly string[]; readonly limit: number; readonly windowMs: number };
  /** Time of the next restart, ISO 8601; null outside `backoff`. */
  readonly retryAt: string | null;
  readonly lastExit: LastExit | null;
  readonly health: Health;
  /** Whether faults are healed, only observed, or healing is paused (`held`). */
  readonly healing: HealingModeName;
  /** When healing resumes, ISO 8601; null if it is paused indefinitely or not at all. */
  readonly heldUntil: string | null;
  /** Where the program is defined, e.g. "process_list.txt:3". */
  readonly source: string;
  /** Fields of a file that `healer update` overrides, e.g. `limits.memoryMb`. */
  readonly overridden?: readonly string[];
  /** Why the program is in this state, in one sentence. */
  readonly why: string;
  /** What the program states about itself through sd_notify(3): its STATUS, and whether it is reloading or stopping. */
  readonly stated?: string;
}

/** A row of `healer ls --json`. */
export interface ProcessRow extends SnapshotRow {
  readonly uptimeMs: number | null;
}

/** Adds the uptime at a time. The live table omits it, since it would change every row every second. */
export function withUptime(row: SnapshotRow, nowMs: number): ProcessRow {
  return { ...row, uptimeMs: row.startedAt === null ? null : Math.max(0, nowMs - Date.parse(row.startedAt)) };
}

/** Facts about the host. Unknown values are null. */
export interface HostFacts {
  readonly hostname: string;
  readonly platform: string;
  readonly cores: number;
  /** CPU usage of all cores together, 0 to 100; null until it is measured. */
  readonly cpuPercent: number | null;
  readonly memoryUsedMb: number | null;
  readonly memoryTotalMb: number | null;
  readonly load: readonly [number, number, number] | null;
  readonly diskUsedPercent: number | null;
  readonly bootedAt: string | null;
}

/** Resource usage of the engine itself. */
export interface EngineLoad {
  readonly cpuPercent: number | null;
  readonly memoryMb: number;
  readonly openFiles: number | null;
  /** The soft limit of open files; null if it is unknown or unlimited. Absent in engines before 0.2. */
  readonly openFilesLimit?: number | null;
  readonly eventsHeld: number;
  readonly clients: number;
  /** Data that waits for clients that read slowly, in MB of 2^20 bytes; absent in earlier versions. */
  readonly unsentMb?: number;
  /** The most data that may wait for all clients together, in MB of 2^20 bytes; absent in earlier versions. */
  readonly unsentLimitMb?: number;
}

/** The state of alert delivery. Times are ISO 8601. */
export interface AlertsStatus {
  /** Configured channels, without secrets: "mail to ops@example.com". */
  readonly channels: readonly string[];
  readonly lastSentAt: string | null;
  /** Number of messages that are not delivered yet. */
  readonly waiting: number;
  readonly failingSince: string | null;
  /** Why delivery fails, with the next step; null if it works. */
  readonly problem: string | null;
  /** The problems of all channels. Absent from engines of an earlier version, like the fields below. */
  readonly problems?: readonly string[];
  /** What an attempt that takes long is waiting for. */
  readonly sending?: string | null;
  /** Receivers of mail that a server refuses, while others are accepted. */
  readonly refused?: readonly RefusedReceiverStatus[];
  /** When the quiet hours end, ISO 8601, while alerts wait for it; absent otherwise. */
  readonly quietUntil?: string | null;
  /** How many alerts wait for the end of the quiet hours. */
  readonly heldBack?: number;
}

/** A receiver of mail that a server refuses. */
export interface RefusedReceiverStatus {
  readonly address: string;
  /** ISO 8601. */
  readonly since: string;
  /** The last answer of the server. */
  readonly answer: string;
}

/** How the processes of a program are identified: by their cgroup, or by ancestry. */
export type ContainmentKind = 'cgroup' | 'process tree';

export interface ContainmentStatus {
  readonly kind: ContainmentKind;
  /** Where the cgroups are and what the kernel limits; or why cgroups are not available. */
  readonly detail: string;
}

/** The result of `status`. */
export interface EngineStatus {
  readonly instance: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  readonly uptimeMs: number;
  readonly host: HostFacts;
  /** Number of programs by state, without states that have none, and `total`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Number of programs whose health check passes, and of those whose check fails. */
  readonly health: { readonly healthy: number; readonly unhealthy: number };
  readonly load: EngineLoad;
  /** Degraded parts of the engine, each a sentence with the next step. */
  readonly degraded: readonly string[];
  /**
   * Healing of all programs; `held` is the number of programs whose healing is paused individually, and `observed` the
   * number of programs in observe mode, whether all of them are or their definitions say so.
   */
  readonly healing: {
    readonly mode: HealingModeName;
    readonly until: string | null;
    readonly held: number;
    readonly observed: number;
  };
  readonly sources: readonly string[];
  readonly alerts: AlertsStatus;
  readonly containment: ContainmentStatus;
  /** Notifications (sd_notify(3)) that were ignored, because no program that sends them sent them; absent without any. */
  readonly ignoredNotifications?: number;
  /** The peer engine; null without one. */
  readonly partner: PeerView | null;
}

/** One message of the `snapshot` subscription: the first is full, later ones contain only changed rows. */
export interface SnapshotMessage {
  readonly full: boolean;
  /** True if the next message belongs to the same state of the table. */
  readonly more: boolean;
  /** ISO 8601. */
  readonly at: string;
  readonly status: EngineStatus;
  readonly rows: readonly SnapshotRow[];
  readonly removed: readonly string[];
}
