import type { HealerError } from '../../protocol/errors.ts';
import { connectLocal, type Connection, type ConnectOptions } from './connection.ts';
import { connectionLost, notRunning } from './connection-errors.ts';

/** An engine to connect to, local or remote. */
export interface EngineTarget {
  /** Connects to the engine; the signal aborts the attempt. @throws HealerError */
  connect(signal: AbortSignal): Promise<Connection>;
  /** Returns the error of calls while there is no connection. */
  notConnected(): HealerError;
  /** Returns the reason for a connection that closed without an error. */
  lost(): HealerError;
}

/** Returns an engine on this machine, reached over its socket. */
export function localTarget(options: ConnectOptions): EngineTarget {
  return {
    connect: (signal) => connectLocal({ ...options, signal }),
    notConnected: () => notRunning(options.socketPath),
    lost: () => connectionLost(options.socketPath),
  };
}
