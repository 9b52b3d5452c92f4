import { toHealerError } from '../../protocol/errors.ts';
import type { OwnStartNote } from '../peer/own-start-note.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';
import type { SocketServer } from '../servers/socket-server.ts';
import type { InstanceLock } from '../store/instance-lock.ts';

/** Two look-ups of a file name: nothing, so that a removed socket is missed for a moment only. */
const LOOK_MS = 1_000;

interface Endpoint {
  readonly lock: InstanceLock;
  readonly server: SocketServer;
  readonly note: OwnStartNote;
}

/**
 * Sees to it that the engine can be reached as long as it lives: what cleans temporary folders removes sockets and locks
 * that are in use. Gives the function that ends it.
 */
export function keepReachable(running: RunningEngine, endpoint: Endpoint): () => void {
  const { lock, server } = endpoint;
  let isBusy = false;
  const look = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      if (![lock, server, running.parts.logs].every((part) => part.isInPlace())) await restore(running, endpoint);
      endpoint.note.mend();
      running.degradations.clear('socket');
    } catch (error) {
      const problem = `no new client can reach this engine: ${toHealerError(error).message}`;
      if (!running.degradations.list().includes(problem)) running.records.announce('engine-degraded', problem);
      running.degradations.set('socket', problem);
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function restore(running: RunningEngine, { lock, server, note }: Endpoint): Promise<void> {
  lock.restore();
  if (!server.isInPlace()) await server.restore();
  note.restore();
  running.parts.logs.restore();
  const { runtimeDir } = running.parts.paths;
  const sentence = `the socket or the lock in "${runtimeDir}" was missing and has been restored`;
  running.records.announce('engine-degraded', sentence);
}
