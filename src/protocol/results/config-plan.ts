/** A problem in a source of programs. */
export interface ConfigProblem {
  /** An `error` keeps a program or file from loading; a `warning` does not. */
  readonly severity: 'error' | 'warning';
  /** The path as it was specified. */
  readonly file: string;
  /** Starts at 1. Line and column are null if the problem concerns the whole file. */
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
  /** What to write instead, or where to find out. */
  readonly hint: string;
}

/** A program whose definition changed, with the names of the changed fields. */
export interface PlannedChange {
  readonly id: string;
  readonly fields: readonly string[];
}

/** The differences between the sources and the current definitions, by program id. */
export interface ConfigPlan {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Changes that require a restart. A program without a process uses them at its next start. */
  readonly restarted: readonly PlannedChange[];
  readonly changedInPlace: readonly PlannedChange[];
  readonly unchanged: readonly string[];
}

/** The result of a reload. */
export interface ReloadResult extends ConfigPlan {
  /** False for a dry run, and if errors prevented any change. */
  readonly applied: boolean;
  readonly files: readonly string[];
  /** Files whose changes were not applied because of errors in them. */
  readonly refused: readonly string[];
  /** Programs that no source defines: they survived the previous engine, and keep running until they are removed. */
  readonly unlisted: readonly string[];
  /** As many as fit in a message. */
  readonly problems: readonly ConfigProblem[];
  /** The number of problems that were left out. */
  readonly moreProblems: number;
}
