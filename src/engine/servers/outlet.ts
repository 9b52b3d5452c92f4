import type { Socket } from 'node:net';
import { encodeMessage } from '../../protocol/framing.ts';
import type { NotificationName, Notifications } from '../../protocol/notifications.ts';
import type { RpcNotification, RpcResponse } from '../../protocol/rpc.ts';
import { Backpressure } from './backpressure.ts';
import type { StreamOutlet } from './streams.ts';

/** The way out to one client; who sends streams asks whether it keeps up before sending more. */
export class Outlet extends Backpressure implements StreamOutlet {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super(socket);
    this.#socket = socket;
  }

  get isOpen(): boolean {
    return this.#socket.writable;
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
