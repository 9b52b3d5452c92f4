import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { ApiMethod, HelloResult, ParsedParams, Result } from '../../protocol/methods/methods.ts';
import type { EngineStatus, SnapshotRow } from '../../protocol/snapshot.ts';

/** One function for each method. Parameters are validated and have their defaults filled in. */
export type Handlers = {
  readonly [M in ApiMethod]: (params: ParsedParams<M>) => Promise<Result<M>> | Result<M>;
};

/** Where a reader of a log starts: with the last `tail` lines, or after a cursor. */
export interface LogStart {
  readonly tail: number;
  readonly after?: string | undefined;
  /** Only lines of one run; 0 and negative numbers count back from the latest run. */
  readonly run?: number | undefined;
  /** Also the marks between the output of different runs, and the run of each line. */
  readonly marks?: boolean | undefined;
}

/** Lines of a log, with the cursor to resume after them. */
export interface LogBatch {
  readonly lines: readonly LogLine[];
  /** The number of lines missing before these. */
  readonly skipped: number;
  /** True if the log file was truncated before these lines. */
  readonly isTruncated?: boolean;
  /** Returns the cursor after the first `count` lines. */
  readonly cursorAfter: (count: number) => string;
}

/** Receives the ids of changed and removed rows. */
export interface RowChanges {
  readonly changed: (id: string) => void;
  readonly removed: (id: string) => void;
}

/** The part of the engine that servers use. */
export interface ServedEngine {
  readonly hello: HelloResult;
  readonly handlers: Handlers;
  readonly status: () => EngineStatus;
  readonly row: (id: string) => SnapshotRow | undefined;
  readonly ids: () => readonly string[];
  /** Returns a function that stops watching. */
  readonly watchRows: (changes: RowChanges) => () => void;
  readonly lastSeq: () => number;
  readonly eventsAfter: (seq: number) => { readonly events: readonly EngineEvent[]; readonly missed: number };
  /** Returns a function that stops watching. */
  readonly watchEvents: (onEvents: () => void) => () => void;
  /**
   * Follows a log until `signal` aborts, or to its end once `ending` aborts; then the promise resolves. `onBatch` resolves
   * once the reader can take more. @throws HealerError PROCESS_NOT_FOUND
   */
  readonly followLog: (
    id: string,
    from: LogStart,
    onBatch: (batch: LogBatch) => Promise<void>,
    signal: AbortSignal,
    ending?: AbortSignal,
  ) => Promise<void>;
}
