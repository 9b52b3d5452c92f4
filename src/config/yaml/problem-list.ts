import type { ConfigProblem } from '../reading/config-problem.ts';
import type { DescribedIssue } from '../reading/describe-issue.ts';
import { type LocatedValue, type Place, placeAt } from '../reading/located-value.ts';
import type { PlacedProblem } from './parse-yaml.ts';

/** Collects the problems of one file while it is read. */
export class ProblemList {
  readonly #file: string;
  readonly #errors: PlacedProblem[] = [];
  readonly #warnings: PlacedProblem[] = [];

  constructor(file: string, errors: readonly PlacedProblem[] = []) {
    this.#file = file;
    this.#errors.push(...errors);
  }

  get errors(): readonly PlacedProblem[] {
    return this.#errors;
  }

  refuse({ line, column }: Place, message: string, hint: string): void {
    this.#errors.push({ line, column, message, hint });
  }

  warn({ line, column }: Place, message: string, hint: string): void {
    this.#warnings.push({ line, column, message, hint });
  }

  /** Adds an error for each issue that a schema found in a value. */
  refuseIssues(issues: readonly DescribedIssue[], root: LocatedValue): void {
    for (const { path, aim, message, hint } of issues) this.refuse(placeAt(root, path, aim), message, hint);
  }

  /** Returns the problems in file order, each once: a part that `<<` merges into several programs is checked repeatedly. */
  list(): readonly ConfigProblem[] {
    const all = [...this.#errors.map(this.#as('error')), ...this.#warnings.map(this.#as('warning'))];
    const once = new Map(all.map((problem) => [JSON.stringify(problem), problem]));
    return [...once.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  }

  readonly #as =
    (severity: ConfigProblem['severity']) =>
    ({ line, column, message, hint }: PlacedProblem): ConfigProblem => ({
      ...{ severity, file: this.#file, line, column, message, hint },
    });
}
