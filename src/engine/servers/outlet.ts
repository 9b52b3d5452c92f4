import type { Socket } from 'node:net';
import { encodeMessage } from '../../protocol/framing.ts';
import type { NotificationName, Notifications } from '../../protocol/notifications.ts';
import type { RpcNotification, RpcResponse } from '../../protocol/rpc.ts';
import { Backpressure } from './backpressure.ts';
import type { SendBudget } from './send-budget.ts';
import type { SharedMessage } from './shared-message.ts';
import type { StreamOutlet } from './stream-outlet.ts';

/** Writes responses and notifications to one client. */
export class Outlet extends Backpressure implements StreamOutlet {
  readonly updateMs = 0;
  readonly #socket: Socket;

  constructor(socket: Socket, budget: SendBudget | null = null) {
    super(socket, budget);
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

  share(subscription: number, messages: readonly SharedMessage[]): boolean {
    const ends = messages.map((message) => message.as('json-rpc', endOf));
    const bytes = ends.reduce((sum, end) => sum + end.length, 0);
    if (this.isCongested || !this.admits(bytes)) return false;
    if (!this.isOpen) return true;
    this.#socket.cork();
    for (const [index, message] of messages.entries()) {
      this.#socket.write(
        `{"jsonrpc":"2.0","method":"${message.name}","params":{"subscription":${String(subscription)},`,
      );
      this.#socket.write(ends[index] ?? '');
    }
    this.#socket.uncork();
    return true;
  }

  #write(message: RpcResponse | RpcNotification): void {
    if (!this.isOpen) return;
    const text = encodeMessage(message);
    this.count(text.length);
    this.#socket.write(text);
  }
}

/** Returns what follows the number of the subscription, which is the same for all subscribers. */
function endOf({ body }: SharedMessage): string {
  return `${JSON.stringify(body).slice(1)}}\n`;
}
