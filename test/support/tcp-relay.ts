import { connect, createServer, type Socket } from 'node:net';

/** A relay between hosts and their hub that can be cut: then nothing passes, and no connection is closed. */
export interface TcpRelay extends AsyncDisposable {
  /** Stops passing data on, in existing connections and in new ones, without closing any. */
  readonly cut: () => void;
  /** Closes all connections that were cut, and passes data on again. */
  readonly restore: () => void;
}

/** Starts a relay from a port of one address to the same port of another. */
export async function startTcpRelay(port: number, from = '127.0.0.2', to = '127.0.0.1'): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    const target = connect(port, to);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on('data', (data: Buffer) => {
        if (!isCut) other.write(data);
      });
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        if (!isCut) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(port, from, resolve));
  const destroyAll = (): void => {
    for (const socket of [...sockets]) socket.destroy();
  };
  return {
    cut: () => void (isCut = true),
    restore: () => {
      destroyAll();
      isCut = false;
    },
    [Symbol.asyncDispose]: async () => {
      destroyAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
