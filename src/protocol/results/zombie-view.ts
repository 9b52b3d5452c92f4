/** A dead process that its parent has not waited for. */
export interface ZombieView {
  readonly pid: number;
  readonly name: string;
  readonly parentPid: number;
  readonly parentName: string;
  /** Since the process was started. */
  readonly ageMs: number;
  /** The program to whose tree it belongs; null where it is no business of ours. */
  readonly program: string | null;
  /** Why its parent is let alone; null where it may be asked to reap. */
  readonly untouched: string | null;
}

/** What came of asking parents to reap. */
export interface ZombieCleanup {
  readonly cleaned: readonly ZombieView[];
  readonly left: readonly ZombieView[];
  /** Programs that are restarted because they did not reap. */
  readonly restarting: readonly string[];
}
