import type { Socket } from 'node:net';
import { encodeMessage } from '../../protocol/framing.ts';
import type { NotificationName, Notifications } from '../../protocol/notifications.ts';
import type { RpcNotification, RpcResponse } from '../../protocol/rpc.ts';
import { Backpressure } from './backpressure.ts';
import type { StreamOutlet } from './streams.ts';

/** Writes responses and notifications to one client. */
export class Outlet extends Backpressure implements StreamOutlet {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super(socket);
    this.#socket = socket;
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** Does nothing if the connection is closed. */
  respond(response: RpcResponse): void {
    this.#write(response);
  }

  /** Does nothing if the connection is closed. Check `isCongested` before sending more of a stream. */
  notify<Name extends NotificationName>(method: Name, params: Notifications[Name]): void {
    const message: RpcNotification = { jsonrpc: '2.0', method, params };
    this.#write(message);
  }

  #write(message: RpcResponse | RpcNotification): void {
    if (this.isOpen) this.#socket.write(encodeMessage(message));
  }
}
