import type { EngineEvent } from './engine-event.ts';
import type { LogLine } from './log-line.ts';
import type { SnapshotMessage } from './snapshot.ts';

/** The number of a subscription: its notifications contain it, and `unsubscribe` takes it. */
export interface Subscribed {
  readonly subscription: number;
}

/** The notifications of subscriptions, by method name. */
export interface Notifications {
  readonly snapshot: { readonly subscription: number } & SnapshotMessage;
  readonly events: {
    readonly subscription: number;
    readonly events: readonly EngineEvent[];
    /** Number of events that left the history of the engine before they could be sent. */
    readonly missed: number;
  };
  readonly log: {
    readonly subscription: number;
    readonly lines: readonly LogLine[];
    /** Number of lines skipped before these, because the reader was slow or disconnected. */
    readonly skipped: number;
    /** True if the log file was truncated before these lines, so that an unknown number may be missing. */
    readonly truncated?: boolean;
    /** Opaque position from which a later subscription continues. Present in the first message even if it has no lines. */
    readonly cursor: string;
    /** True in the last message: the program was removed. Engines of earlier versions omit it. */
    readonly ended?: boolean;
  };
}

export type NotificationName = keyof Notifications;
