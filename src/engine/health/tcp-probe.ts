import { connect } from 'node:net';
import { describeFailure } from './connection-failure.ts';
import { missed, passed, type CheckOf, type Probe } from './probe.ts';

/**
 * Asks whether a port takes connections. The kernel takes them on behalf of a program that hangs, until its queue is
 * full: only a check that waits for an answer finds those.
 */
export const probeTcp: Probe<CheckOf<'tcp'>> = ({ host, port }, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      resolve(passed('took the connection'));
      // Closed the hard way, so that no port is kept waiting on this side.
      socket.resetAndDestroy();
    });
    socket.once('error', (error) => resolve(missed(signal.aborted ? '' : describeFailure(error))));
  });
