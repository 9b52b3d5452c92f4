/** Identifies a process for as long as the machine is up: a pid alone may be given to another process later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; null where the platform does not report start times. */
  readonly startTicks: number | null;
}

/** The identity of a process whose start time is known. */
export interface ExactIdentity extends ProcessIdentity {
  readonly startTicks: number;
}

/** Returns whether both identify the same process. Without start times, equal pids count. */
export function isSameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  if (one.pid !== other.pid) return false;
  return one.startTicks === null || other.startTicks === null || one.startTicks === other.startTicks;
}

/** Returns whether a process with this start time is the identified one, provided the pids are equal. */
export function hasStartTime({ startTicks }: ProcessIdentity, actual: ExactIdentity): boolean {
  return startTicks === null || startTicks === actual.startTicks;
}
