import type { HealerError } from '../../protocol/errors.ts';
import { connectLocal, type Connection, type ConnectOptions } from './connection.ts';
import { connectionLost, notRunning } from './connection-errors.ts';

/** Where an engine is, whatever leads there. */
export interface EngineTarget {
  /** @throws HealerError; the signal gives the attempt up */
  connect(signal: AbortSignal): Promise<Connection>;
  /** What is told while there is no connection. */
  away(): HealerError;
  /** Why a connection ended that did not say. */
  lost(): HealerError;
}

/** An engine of this machine, by its socket. */
export function localTarget(options: ConnectOptions): EngineTarget {
  return {
    connect: (signal) => connectLocal({ ...options, signal }),
    away: () => notRunning(options.socketPath),
    lost: () => connectionLost(options.socketPath),
  };
}
