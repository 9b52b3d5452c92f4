/** What is wrong in a line, said so that a person can go there and mend it. */
export interface LineProblem {
  /** From 1, in characters. */
  readonly column: number;
  readonly message: string;
  /** What to write instead, or where to look. */
  readonly hint: string;
}

/** What is wrong in a source. */
export interface ConfigProblem extends Omit<LineProblem, 'column'> {
  /** An `error` keeps something from loading; with a `warning` all of it loads. */
  readonly severity: 'error' | 'warning';
  /** The path as it was given. */
  readonly file: string;
  /** From 1; null, like the column, when the file as a whole is meant. */
  readonly line: number | null;
  readonly column: number | null;
}

/** One line for logs and terminals: `process_list.txt:3:5: cannot … (hint)`. */
export function formatProblem({ file, line, column, message, hint }: ConfigProblem): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  return `${place}: ${message} (${hint})`;
}
