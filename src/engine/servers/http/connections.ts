import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isLoopback, normalizeAddress } from '../../../base/host-pattern.ts';
import { HealerError } from '../../../protocol/errors.ts';
import { SERVER_LIMITS } from '../server-limits.ts';

interface HttpConnection {
  readonly socket: Socket;
  readonly address: string;
  /** The caller that is not trusted whose connection this is; null for others, and before a request was identified. */
  guest: string | null;
}

/** The part of the connections that may have sent no whole header. */
const HALF_OPEN_SHARE = 0.75;
/** The part of connections and streams that guests may use; the rest is kept free for trusted callers. */
export const GUEST_SHARE = 0.75;

/** The connection under TLS has another object than the one that requests arrive on, but the same ends. */
type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>;

/**
 * The connections of an HTTP server. Connections that have not sent a whole header are dropped, oldest first, when there are
 * too many of them: a real client sends its header at once, so it is always served, whatever others do.
 */
export class HttpConnections {
  readonly #open = new Map<string, HttpConnection>();
  /** Connections without a whole header, in the order of their age. */
  readonly #halfOpen = new Map<HttpConnection, string>();
  readonly #halfOpenByAddress = new Map<string, Set<HttpConnection>>();
  readonly #guests = new Map<string, number>();
  #guestConnections = 0;
  readonly #limit: number;

  /** @param limit the largest number of connections */
  constructor(limit: number = SERVER_LIMITS.httpConnections) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Counts a new connection, and drops others if there are too many. */
  add(socket: Socket): void {
    const address = groupOf(socket.remoteAddress ?? '');
    const connection: HttpConnection = { socket, address, guest: null };
    const id = idOf(socket);
    this.#open.set(id, connection);
    this.#halfOpen.set(connection, id);
    const group = this.#halfOpenByAddress.get(address) ?? new Set();
    this.#halfOpenByAddress.set(address, group.add(connection));
    socket.on('close', () => this.#forget(id, connection));
    if (group.size > Math.min(SERVER_LIMITS.halfOpenConnectionsPerAddress, this.#limit * HALF_OPEN_SHARE))
      this.#drop(first(group));
    else if (this.#halfOpen.size > Math.min(SERVER_LIMITS.halfOpenConnections, this.#limit * HALF_OPEN_SHARE))
      this.#dropOldest();
    else if (this.#open.size >= this.#limit) this.#dropOldest();
  }

  /** The first request has arrived on a connection. */
  receivedHeader({ socket }: Pick<IncomingMessage, 'socket'>): void {
    const connection = this.#open.get(idOf(socket));
    if (connection !== undefined) this.#endHalfOpen(connection);
  }

  /**
   * Counts a connection as that of a caller that is not trusted.
   * @throws HealerError TOO_MANY_REQUESTS
   */
  claim({ socket }: Pick<IncomingMessage, 'socket'>, guest: string): void {
    const connection = this.#open.get(idOf(socket));
    if (connection === undefined || connection.guest === guest) return;
    this.#release(connection);
    const count = this.#guests.get(guest) ?? 0;
    if (count >= SERVER_LIMITS.guestConnections) {
      const limit = String(SERVER_LIMITS.guestConnections);
      throw new HealerError('TOO_MANY_REQUESTS', `${limit} of your connections are already open; close some of them`);
    }
    if (this.#guestConnections >= this.#limit * GUEST_SHARE) {
      throw new HealerError(
        'TOO_MANY_REQUESTS',
        'callers that are not trusted have too many connections open; try again later',
      );
    }
    connection.guest = guest;
    this.#guestConnections += 1;
    this.#guests.set(guest, count + 1);
  }

  #dropOldest(): void {
    this.#drop(first(this.#halfOpen.keys()));
  }

  /** Forgets the connection at once, because its closing is reported later. */
  #drop(connection: HttpConnection | undefined): void {
    if (connection === undefined) return;
    this.#endHalfOpen(connection);
    connection.socket.destroy();
  }

  #endHalfOpen(connection: HttpConnection): void {
    if (!this.#halfOpen.delete(connection)) return;
    const group = this.#halfOpenByAddress.get(connection.address);
    group?.delete(connection);
    if (group?.size === 0) this.#halfOpenByAddress.delete(connection.address);
  }

  #forget(id: string, connection: HttpConnection): void {
    // The same ends may be in use again before the previous connection is reported as closed.
    if (this.#open.get(id) === connection) this.#open.delete(id);
    this.#endHalfOpen(connection);
    this.#release(connection);
  }

  #release(connection: HttpConnection): void {
    const { guest } = connection;
    if (guest === null) return;
    connection.guest = null;
    this.#guestConnections -= 1;
    const left = (this.#guests.get(guest) ?? 0) - 1;
    if (left > 0) this.#guests.set(guest, left);
    else this.#guests.delete(guest);
  }
}

function first<T>(items: Iterable<T>): T | undefined {
  const [oldest] = items;
  return oldest;
}

/** Everybody on this machine has millions of addresses. */
function groupOf(address: string): string {
  return isLoopback(address) ? 'this machine' : normalizeAddress(address);
}

function idOf({ remoteAddress = '', remotePort = 0, localPort = 0 }: Ends): string {
  return `${remoteAddress} ${String(remotePort)} ${String(localPort)}`;
}
