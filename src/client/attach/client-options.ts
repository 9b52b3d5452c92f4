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
  readonly dryRun?: boolean;
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
