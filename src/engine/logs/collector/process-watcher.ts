import { closeSync } from 'node:fs';
import type { Libc } from '../../../base/libc.ts';
import { hasStartTime, type ProcessIdentity } from '../../../base/process-identity.ts';
import { readProcStat } from '../../../base/proc-stat.ts';
import { type ReadExit, readExit } from './exit-status.ts';
import type { Poller } from './poller.ts';

/** The same number on every architecture. */
const SYS_PIDFD_OPEN = 434;

/** Called once. */
export type OnExit = (exit: ReadExit) => void;

interface Watched extends ProcessIdentity {
  readonly onExit: OnExit;
}

/** Watches processes that are not children of this process, until they exit. */
export class ProcessWatcher {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #byPidfd = new Map<number, Watched>();
  /** Processes that are polled: kernels before 5.3 have no pidfd. */
  readonly #polled = new Set<Watched>();

  constructor(libc: Libc, poller: Poller) {
    this.#libc = libc;
    this.#poller = poller;
  }

  get mustPoll(): boolean {
    return this.#polled.size > 0;
  }

  /** Starts to watch a process. Returns a function that ends the watch; null if the process has already exited. */
  watch(process: ProcessIdentity, onExit: OnExit): (() => void) | null {
    const watched = { ...process, onExit };
    const pidfd = this.#libc.call('syscall', SYS_PIDFD_OPEN, process.pid, 0, null, 0);
    // Checked after opening: from here on, reuse of the pid is detected.
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

  /** Handles an event of a descriptor. Returns false if it is not a pidfd. */
  notice(fd: number): boolean {
    const watched = this.#byPidfd.get(fd);
    if (watched === undefined) return false;
    const exit = readExit(this.#libc, watched.pid, watched.startTicks, fd);
    this.#close(fd);
    watched.onExit(exit);
    return true;
  }

  poll(): void {
    for (const watched of [...this.#polled].filter((process) => !isPresent(process))) {
      this.#polled.delete(watched);
      watched.onExit({ status: null });
    }
  }

  #close(pidfd: number): void {
    if (!this.#byPidfd.delete(pidfd)) return;
    this.#poller.remove(pidfd);
    closeSync(pidfd);
  }
}

/** Returns whether the process exists, possibly as a zombie whose exit status can still be read. */
function isPresent(process: ProcessIdentity): boolean {
  try {
    const stat = readProcStat(process.pid);
    return stat !== null && hasStartTime(process, stat);
  } catch {
    // No descriptor is free, not even from the reserve: it is checked again.
    return true;
  }
}
