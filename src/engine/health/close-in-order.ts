import { isIP, type Socket } from 'node:net';

/** How long to wait for the other side to close its half of a connection. */
const LINGER_MS = 500;

/**
 * Closes a connection with a FIN instead of a reset, which the program would see as an error: data that still arrives is
 * read and discarded until the program has closed its side, or for half a second.
 */
export function closeInOrder(socket: Socket): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => undefined);
  socket.resume();
  socket.end();
}

/** Resolves once the socket is closed. */
export function closingOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** Returns the address that accepted the connection, for the end of a sentence; empty if the check names that address itself. */
export function answeredFrom({ remoteAddress, remotePort }: Socket, host: string): string {
  if (remoteAddress === undefined || remotePort === undefined || isIP(host.replace(/^\[|\]$/g, '')) !== 0) return '';
  return ` (${addressText(remoteAddress, remotePort)})`;
}

/** Returns an address as in a URL: `127.0.0.1:80`, `[::1]:80`. */
export function addressText(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
}
