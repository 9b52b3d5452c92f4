import { connect } from 'node:net';
import { HealerError } from '../../protocol/errors.ts';

/**
 * Resolves once one of these servers has greeted. The client of NATS keeps the socket to a server that accepts connections
 * and says nothing, such as a suspended one, so that a command would never exit.
 * @throws the error of the last server
 */
export async function requireGreeting(
  servers: readonly { readonly host: string; readonly port: number }[],
  timeoutMs: number,
): Promise<void> {
  let last: unknown = new HealerError('IO_ERROR', 'no server is known');
  for (const { host, port } of servers) {
    try {
      await greet(host, port, timeoutMs);
      return;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function greet(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`no answer within ${String(timeoutMs / 1000)} s`)));
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the connection was closed')));
    socket.once('data', () => {
      socket.removeAllListeners('close');
      socket.destroy();
      resolve();
    });
  });
}
