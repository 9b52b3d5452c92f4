import type { Socket } from 'node:net';
import { peerCredentialsOf } from '../os/peer-credentials.ts';
import { SERVER_LIMITS } from './server-limits.ts';

/**
 * The connections to the Unix socket by process. A process that opens too many loses its own oldest ones that have sent nothing
 * yet, and then gets no further ones, so that it cannot keep other programs from connecting.
 */
export class ClientProcesses {
  /** The connections of each process, in the order of their age. */
  readonly #open = new Map<number, Set<Socket>>();

  /** Returns false if the process of the connection has too many. Without system calls, processes are unknown. */
  add(socket: Socket): boolean {
    const pid = peerCredentialsOf(socket)?.pid;
    if (pid === undefined) return true;
    const own = this.#open.get(pid) ?? new Set();
    if (own.size >= SERVER_LIMITS.localConnectionsPerProcess) {
      const silent = [...own].find(({ bytesRead }) => bytesRead === 0);
      if (silent === undefined) return false;
      this.#forget(pid, silent);
      silent.destroy();
    }
    this.#open.set(pid, own.add(socket));
    socket.on('close', () => this.#forget(pid, socket));
    return true;
  }

  #forget(pid: number, socket: Socket): void {
    const own = this.#open.get(pid);
    own?.delete(socket);
    if (own?.size === 0) this.#open.delete(pid);
  }
}
