import type { EngineEvent } from './engine-event.ts';
import type { LogLine } from './log-line.ts';
import type { SnapshotMessage } from './snapshot.ts';

/** The number by which the notifications of a subscription are known, and by which it is ended. */
export interface Subscribed {
  readonly subscription: number;
}

/** The notifications of subscriptions, by method name. */
export interface Notifications {
  readonly snapshot: { readonly subscription: number } & SnapshotMessage;
  readonly events: {
    readonly subscription: number;
    readonly events: readonly EngineEvent[];
    /** Events that fell out of the engine's history before they could be sent. */
    readonly missed: number;
  };
  readonly log: {
    readonly subscription: number;
    readonly lines: readonly LogLine[];
    /** Lines left out before these: the reader was slow or away, and the files of some may be gone. */
    readonly skipped: number;
    /** Where a later subscription goes on; opaque. The first message brings one even when it brings no line. */
    readonly cursor: string;
  };
}

export type NotificationName = keyof Notifications;
