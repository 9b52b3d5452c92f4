import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { ApiMethod, HelloResult, ParsedParams, Result } from '../../protocol/methods/methods.ts';
import type { EngineStatus, SnapshotRow } from '../../protocol/snapshot.ts';

/** One function a method; parameters come validated, with defaults filled in. */
export type Handlers = {
  readonly [M in ApiMethod]: (params: ParsedParams<M>) => Promise<Result<M>> | Result<M>;
};

/** Where a reader of a log begins: with the last lines, or after a cursor. */
export interface LogStart {
  readonly tail: number;
  readonly after?: string | undefined;
}

export interface LogBatch {
  readonly lines: readonly LogLine[];
  /** Lines that are missing before these. */
  readonly skipped: number;
  /** The place behind the first `count` lines. */
  readonly cursorAfter: (count: number) => string;
}

export interface RowChanges {
  readonly changed: (id: string) => void;
  readonly removed: (id: string) => void;
}

/** What a server needs of the engine, and no more. */
export interface ServedEngine {
  readonly hello: HelloResult;
  readonly handlers: Handlers;
  readonly status: () => EngineStatus;
  readonly row: (id: string) => SnapshotRow | undefined;
  readonly ids: () => readonly string[];
  /** The function ends it. */
  readonly watchRows: (changes: RowChanges) => () => void;
  readonly lastSeq: () => number;
  readonly eventsAfter: (seq: number) => { readonly events: readonly EngineEvent[]; readonly missed: number };
  readonly watchEvents: (onEvents: () => void) => () => void;
  /** @throws HealerError PROCESS_NOT_FOUND. `onBatch` resolves when more can be taken. */
  readonly followLog: (
    id: string,
    from: LogStart,
    onBatch: (batch: LogBatch) => Promise<void>,
    signal: AbortSignal,
  ) => void;
}
