import type { Socket } from 'node:net';
import type { BufferedClient } from './send-budget.ts';

/** Returns a connection as the limit of unsent data sees it. */
export function bufferedSocket(socket: Socket, isLocal: boolean): BufferedClient {
  return {
    isLocal,
    get unsentBytes() {
      return socket.writableLength;
    },
    get sentBytes() {
      return socket.bytesWritten - socket.writableLength;
    },
    disconnect: () => socket.destroy(),
  };
}
