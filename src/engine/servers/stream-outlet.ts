import type { NotificationName, Notifications } from '../../protocol/notifications.ts';
import type { SharedMessage } from './shared-message.ts';

/** Where a stream writes for one client, whatever the transport. */
export interface StreamOutlet {
  /** Whether the client reads too slowly, so that further messages would wait in memory. */
  readonly isCongested: boolean;
  /** Shortest time between two updates in ms; 0 on this machine. */
  readonly updateMs: number;
  notify<Name extends NotificationName>(method: Name, params: Notifications[Name]): void;
  /**
   * Sends messages that other subscribers receive too, all or none of them. Returns false if the client is congested or the
   * buffers of all clients are full: then the caller tries again later.
   */
  share(subscription: number, messages: readonly SharedMessage[]): boolean;
  /** Resolves once the client has read what it was sent, or once `signal` aborts. */
  drained(signal: AbortSignal): Promise<void>;
  /** Calls `notify` whenever the client has caught up. Returns a function that unsubscribes. */
  onDrain(notify: () => void): () => void;
}

/** An open subscription. */
export interface Stream {
  close(): void;
}
