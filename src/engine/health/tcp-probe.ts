import { connect } from 'node:net';
import { describeFailure } from './connection-failure.ts';
import { missed, passed, type CheckOf, type Probe } from './probe.ts';

/**
 * Checks whether a port accepts connections. The kernel accepts them even for a program that hangs, until its backlog is
 * full; only a check that waits for a response detects that.
 */
export const probeTcp: Probe<CheckOf<'tcp'>> = ({ host, port }, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      resolve(passed('accepted the connection'));
      // A reset avoids a local port in TIME_WAIT.
      socket.resetAndDestroy();
    });
    socket.once('error', (error) => resolve(missed(signal.aborted ? '' : describeFailure(error))));
  });
