import type { Libc } from '../../base/libc.ts';

/** From the kernel's linux/posix-timers.h: the precise clock of all threads of a process. */
const CPUCLOCK_SCHED = 2;
const NANOSECONDS_PER_SECOND = 1e9;
/** A clock that steps by less is precise enough to show that a process has run at all. */
const PRECISE_NS = 1e6;
const ATTEMPTS = 20;

/** Returns the CPU time of all threads of a process in nanoseconds; null if it has exited. */
export type ProcessClock = (pid: number) => number | null;

/** Creates the clock of this machine. A reading costs a fifth of that of a stat file. */
export function createProcessClock(libc: Libc): ProcessClock {
  /** struct timespec. */
  const time = Buffer.alloc(16);
  return (pid) => {
    if (libc.call('clock_gettime', (~pid << 3) | CPUCLOCK_SCHED, time) !== 0) return null;
    return time.readUInt32LE(0) * NANOSECONDS_PER_SECOND + time.readUInt32LE(8);
  };
}

/** Returns whether a clock advances whenever a process runs: in some sandboxes, it is counted in ticks. */
export function isPrecise(clock: ProcessClock): boolean {
  // Another thread of this process may run for long between two readings.
  return Array.from({ length: ATTEMPTS }).some(() => {
    const before = clock(process.pid);
    const after = clock(process.pid);
    return before !== null && after !== null && after > before && after - before < PRECISE_NS;
  });
}
