import { connect } from 'node:net';
import { answeredFrom, closeInOrder, closingOf } from './close-in-order.ts';
import { describeFailure } from './connection-failure.ts';
import { EVERY_ADDRESS } from './local-lookup.ts';
import { missed, passed, type CheckOf, type Probe } from './probe.ts';

/**
 * Checks whether a port accepts connections. The kernel accepts them even for a program that hangs, until its backlog is
 * full; only a check that waits for a response detects that.
 */
export const probeTcp: Probe<CheckOf<'tcp'>> = ({ host, port }, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, ...EVERY_ADDRESS });
    const abort = (): void => {
      socket.destroy();
      resolve(missed(''));
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', abort));
    socket.once('connect', () => {
      resolve({ ...passed(`accepted the connection${answeredFrom(socket, host)}`), closing: closingOf(socket) });
      closeInOrder(socket);
    });
    socket.on('error', (error) => resolve(missed(describeFailure(error))));
    if (signal.aborted) abort();
  });
