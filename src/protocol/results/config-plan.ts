/** What is wrong in a source of programs. */
export interface ConfigProblem {
  /** An `error` keeps something from loading; with a `warning` all of it loads. */
  readonly severity: 'error' | 'warning';
  /** The path as it was given. */
  readonly file: string;
  /** From 1; null, like the column, when the file as a whole is meant. */
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
  /** What to write instead, or where to look. */
  readonly hint: string;
}

/** A program that says something new, and which of its fields do. */
export interface PlannedChange {
  readonly id: string;
  readonly fields: readonly string[];
}

/** What the sources ask for, compared with what is known. */
export interface ConfigPlan {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Would run the old way without a restart. One that rests finds its new fields when it is started. */
  readonly restarted: readonly PlannedChange[];
  readonly changedInPlace: readonly PlannedChange[];
  readonly unchanged: readonly string[];
}

/** What became of a look at the sources. */
export interface ReloadResult extends ConfigPlan {
  /** False for a plan that was only asked for, and where errors kept everything as it was. */
  readonly applied: boolean;
  readonly files: readonly string[];
  /** Files whose edit changes nothing, because of errors in it. */
  readonly refused: readonly string[];
  /** As many as fit in a message. */
  readonly problems: readonly ConfigProblem[];
  /** How many more there are. */
  readonly moreProblems: number;
}
