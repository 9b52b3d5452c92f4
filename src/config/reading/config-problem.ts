import type { ConfigProblem } from '../../protocol/results/config-plan.ts';

export type { ConfigProblem };

/** What is wrong in a line, said so that a person can go there and mend it. */
export interface LineProblem {
  /** From 1, in characters. */
  readonly column: number;
  readonly message: string;
  /** What to write instead, or where to look. */
  readonly hint: string;
}

/** One line for logs and terminals: `process_list.txt:3:5: cannot … (hint)`. */
export function formatProblem({ file, line, column, message, hint }: ConfigProblem): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  return `${place}: ${message} (${hint})`;
}
