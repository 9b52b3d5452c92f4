import { closeSync } from 'node:fs';
import type { Libc } from '../../../base/libc.ts';
import { hasStartTime, type ProcessIdentity } from '../../../base/process-identity.ts';
import { readProcStat } from '../../../base/proc-stat.ts';
import type { ExitStatus } from '../../../protocol/run.ts';
import { readExitStatus } from './exit-status.ts';
import type { Poller } from './poller.ts';

/** The same number on every architecture. */
const SYS_PIDFD_OPEN = 434;

/** Told once. Null when nobody can tell how it ended. */
export type OnEnd = (status: ExitStatus | null) => void;

interface Watched extends ProcessIdentity {
  readonly onEnd: OnEnd;
}

/** Learns of the ends of processes that are not our children. */
export class ProcessWatcher {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #byPidfd = new Map<number, Watched>();
  /** On kernels before 5.3, which have no pidfd: these are looked at now and then. */
  readonly #polled = new Set<Watched>();

  constructor(libc: Libc, poller: Poller) {
    this.#libc = libc;
    this.#poller = poller;
  }

  get mustPoll(): boolean {
    return this.#polled.size > 0;
  }

  /** Gives what ends the watch, or null when the process is gone already. */
  watch(process: ProcessIdentity, onEnd: OnEnd): (() => void) | null {
    const watched = { ...process, onEnd };
    const pidfd = this.#libc.call('syscall', SYS_PIDFD_OPEN, process.pid, 0);
    // Looked at after opening: from here on the pid cannot change hands unnoticed.
    if (!isPresent(process)) {
      if (pidfd !== -1) closeSync(pidfd);
      return null;
    }
    if (pidfd === -1) {
      this.#polled.add(watched);
      return () => this.#polled.delete(watched);
    }
    this.#byPidfd.set(pidfd, watched);
    this.#poller.add(pidfd, 'level');
    return () => this.#close(pidfd);
  }

  /** Something happened to a process; false when the descriptor is none. */
  notice(fd: number): boolean {
    const watched = this.#byPidfd.get(fd);
    if (watched === undefined) return false;
    const status = readExitStatus(this.#libc, watched.pid, watched.startTicks, fd);
    this.#close(fd);
    watched.onEnd(status);
    return true;
  }

  poll(): void {
    for (const watched of [...this.#polled].filter((process) => !isPresent(process))) {
      this.#polled.delete(watched);
      watched.onEnd(null);
    }
  }

  #close(pidfd: number): void {
    if (!this.#byPidfd.delete(pidfd)) return;
    this.#poller.remove(pidfd);
    closeSync(pidfd);
  }
}

/** A zombie counts as alive: its end is still to be read. */
function isPresent(process: ProcessIdentity): boolean {
  const stat = readProcStat(process.pid);
  return stat !== null && hasStartTime(process, stat);
}
