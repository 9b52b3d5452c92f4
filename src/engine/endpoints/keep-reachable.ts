import { startAlignedTimer } from '../../base/aligned-timer.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { Degradations } from '../core/degradations.ts';
import type { LogTransport } from '../logs/files/log-transport.ts';
import type { Sources } from '../definitions/sources.ts';
import type { OwnStartNote } from '../peer/own-start-note.ts';
import type { Records } from '../records/records.ts';
import { RemovalWatch } from './removal-watch.ts';
import type { SocketServer } from '../servers/socket-server.ts';
import type { InstanceLock } from '../store/instance-lock.ts';

/** A check costs a few look-ups of file names, so a removed socket is missing only briefly. */
const CHECK_MS = 1_000;

interface ReachableParts {
  readonly lock: InstanceLock;
  readonly server: SocketServer;
  readonly note: OwnStartNote;
  readonly sources: Pick<Sources, 'restoreNote'>;
  readonly logs: Pick<LogTransport, 'isInPlace' | 'restore'>;
  readonly records: Pick<Records, 'announce'>;
  readonly degradations: Degradations;
  readonly runtimeDir: string;
}

/**
 * Keeps the engine reachable: programs that clean temporary folders remove sockets and locks that are in use, and these are
 * restored. A lock is restored at once: without any, another engine could start. Returns the function that ends it.
 */
export function keepReachable(parts: ReachableParts): () => void {
  const { lock, server, note, sources, logs, records, degradations } = parts;
  let isBusy = false;
  const removals = new RemovalWatch(lock.files, () => void check());
  const check = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      if (![lock, server, logs].every((part) => part.isInPlace())) await restore(parts);
      note.retry();
      sources.restoreNote();
      removals.follow();
      degradations.clear('socket');
    } catch (error) {
      const problem = `no new client can reach this engine: ${toHealerError(error).message}`;
      if (!degradations.list().includes(problem)) records.announce('engine-degraded', problem);
      degradations.set('socket', problem);
    } finally {
      isBusy = false;
    }
  };
  removals.follow();
  const stop = startAlignedTimer(CHECK_MS, () => void check());
  return () => {
    stop();
    removals.close();
  };
}

async function restore({ lock, server, note, logs, records, runtimeDir }: ReachableParts): Promise<void> {
  lock.restore();
  if (!server.isInPlace()) await server.restore();
  note.restore();
  logs.restore();
  const reason = `the socket or the lock in "${runtimeDir}" was missing and has been restored`;
  records.announce('engine-degraded', reason);
}
