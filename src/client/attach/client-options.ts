import type { EventKind } from '../../protocol/event-kinds.ts';
import type { CallOptions } from '../connection/engine-api.ts';

/** How to stop a program. */
export interface StopOptions extends CallOptions {
  /** False for a force kill at once; true by default. */
  readonly graceful?: boolean;
  /** The stop timeout, after which the program is force killed. Defaults to the program's own timeout. */
  readonly timeoutMs?: number;
}

/** Options of an operation on several programs. */
export interface OperateOptions extends StopOptions {
  /** How long `hold` pauses healing; until it is resumed by default. */
  readonly forMs?: number;
}

/** How much of the history of a program to return. */
export interface HistoryOptions extends CallOptions {
  readonly span?: '15m' | '24h';
}

/** Options of a change of a definition. */
export interface UpdateOptions extends CallOptions {
  /** Names of fields whose earlier changes are taken back. */
  readonly unset?: readonly string[];
}

/** Options of a reload of the sources. */
export interface ReloadOptions extends CallOptions {
  /** Whether to return the plan without applying it. */
  readonly dryRun?: boolean;
  /** Absolute paths that replace the current sources. */
  readonly files?: readonly string[];
  /** Absolute paths of further sources. */
  readonly add?: readonly string[];
  /** Absolute paths of sources that are no longer used. */
  readonly drop?: readonly string[];
  /** Programs to remove although no source ever defined them. */
  readonly remove?: readonly string[];
}

/** How to pause healing. */
export interface HoldOptions extends CallOptions {
  /** How long healing stays paused; until it is resumed by default. */
  readonly forMs?: number;
}

/** Which anomalies to return. */
export interface AnomalyOptions extends CallOptions {
  /** Only those of the program with this id. */
  readonly id?: string;
}

/** For which programs to propose settings. */
export type SuggestOptions = AnomalyOptions;

/** Which past events to return. */
export interface RecentEventOptions extends CallOptions {
  /** Only events after this sequence number. */
  readonly afterSeq?: number;
  /** Only events of the program with this id. */
  readonly process?: string;
  readonly kinds?: readonly EventKind[];
  /** The maximum number of events, up to 500; 100 by default. */
  readonly limit?: number;
}

/** Which log lines to return. */
export interface RecentLogOptions extends CallOptions {
  /** The number of lines. */
  readonly tail?: number;
  /** The cursor of a line: return the last lines before it. */
  readonly before?: string;
  /** The cursor of a line: return the first lines after it. */
  readonly after?: string;
}

/** Which process of a program to send a signal to. */
export interface SignalOptions extends CallOptions {
  /** Its pid; the main process by default. */
  readonly pid?: number;
  /** Its start time, as `describe` returns it: another process that was given the pid is not signaled. */
  readonly startTicks?: number;
}

/** How to stop the engine. */
export interface ShutdownOptions extends CallOptions {
  /** Whether programs keep running; the next engine re-adopts them. */
  readonly keep?: boolean;
  /** The stop timeout of all programs. */
  readonly timeoutMs?: number;
}

/** How to iterate over a stream. */
export interface IterateOptions {
  /** Ends the iteration: `next` rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /**
   * Called with the number of items that the engine no longer has, before the first item after the gap. By default, the
   * iterator throws a HealerError MISSED there, with this number as `missed` in its data.
   */
  readonly onMissed?: (count: number) => void;
}

/** Which programs to list. */
export interface ListOptions extends CallOptions {
  /** Ids, `@group`, globs such as `web-*`, or `all`; without it, all programs are returned. */
  readonly select?: readonly string[];
}

/** Which events to iterate over. */
export interface EventOptions extends IterateOptions {
  /** Start after the event with this sequence number; by default only new events are returned. */
  readonly afterSeq?: number;
  /** Only events of the program with this id. */
  readonly process?: string;
}

/** Which log lines to iterate over. */
export interface LogOptions extends IterateOptions {
  /** The number of existing lines to start with; 0, the default, returns only new lines. */
  readonly tail?: number;
}

/** Returns the options of a call with this signal. */
export function callOptions(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal };
}
