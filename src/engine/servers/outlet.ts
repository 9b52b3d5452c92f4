import type { Socket } from 'node:net';
import { encodeMessage } from '../../protocol/framing.ts';
import { WIRE_LIMITS } from '../../protocol/limits.ts';
import type { NotificationName, Notifications } from '../../protocol/methods.ts';
import type { RpcNotification, RpcResponse } from '../../protocol/rpc.ts';
import type { StreamOutlet } from './streams.ts';

/** The way out to one client. Knows when the client does not keep up; who sends streams asks before sending more. */
export class Outlet implements StreamOutlet {
  readonly #socket: Socket;
  readonly #onDrain = new Set<() => void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('drain', () => {
      for (const notify of [...this.#onDrain]) notify();
    });
  }

  get isCongested(): boolean {
    return this.#socket.writableLength > WIRE_LIMITS.unsentBytes / 2;
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** Resolves when the client has read what it was sent, or `signal` says that nobody waits any more. */
  drained(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const release = this.onDrain(finish);
      function finish(): void {
        release();
        signal.removeEventListener('abort', finish);
        resolve();
      }
      if (signal.aborted) finish();
      else signal.addEventListener('abort', finish);
    });
  }

  /** The function ends it. */
  onDrain(notify: () => void): () => void {
    this.#onDrain.add(notify);
    return () => this.#onDrain.delete(notify);
  }

  respond(response: RpcResponse): void {
    this.#write(response);
  }

  notify<Name extends NotificationName>(method: Name, params: Notifications[Name]): void {
    const message: RpcNotification = { jsonrpc: '2.0', method, params };
    this.#write(message);
  }

  #write(message: RpcResponse | RpcNotification): void {
    if (this.isOpen) this.#socket.write(encodeMessage(message));
  }
}
