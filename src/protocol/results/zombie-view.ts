/** A process that has exited and that its parent has not reaped. */
export interface ZombieView {
  readonly pid: number;
  readonly name: string;
  readonly parentPid: number;
  readonly parentName: string;
  /** Time since the process was started. */
  readonly ageMs: number;
  /** The program whose process tree it belongs to; null for unmanaged processes. */
  readonly program: string | null;
  /** Why its parent is not asked to reap it; null if it is. */
  readonly untouched: string | null;
}

/** The result of `cleanZombies`. */
export interface ZombieCleanup {
  readonly cleaned: readonly ZombieView[];
  readonly left: readonly ZombieView[];
  /** Programs that are restarted because they did not reap their children. */
  readonly restarting: readonly string[];
}

/** One zombie in the event and the alert about a scan. */
export interface ZombieResult {
  readonly pid: number;
  readonly name: string;
  readonly parentPid: number;
  readonly parentName: string;
  readonly program: string | null;
  /** What became of it, e.g. "reaped after SIGCHLD". */
  readonly result: string;
}
