import type { ConfigProblem, ReloadResult } from '../../protocol/results/config-plan.ts';

export type { ConfigProblem };

/** Limits the size of a message. Users fix the first problems before they read more. */
const MAX_PROBLEMS = 200;

/** A problem within a line of text. */
export interface LineProblem {
  /** Counted in characters, from 1. */
  readonly column: number;
  readonly message: string;
  /** What to write instead, or where to look. */
  readonly hint: string;
}

/** Returns a problem as one line for logs and terminals: `process_list.txt:3:5: cannot … (hint)`. */
export function formatProblem({ file, line, column, message, hint }: ConfigProblem): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  return `${place}: ${message} (${hint})`;
}

/** Returns the problems that fit into a message, and how many were left out. */
export function limitProblems(problems: readonly ConfigProblem[]): Pick<ReloadResult, 'problems' | 'moreProblems'> {
  const shown = problems.slice(0, MAX_PROBLEMS);
  return { problems: shown, moreProblems: problems.length - shown.length };
}

/** Returns a test for problems with the same place and message. */
export function isAtPlaceOf(problem: ConfigProblem): (other: ConfigProblem) => boolean {
  return ({ file, line, column, message }) =>
    file === problem.file && line === problem.line && column === problem.column && message === problem.message;
}
