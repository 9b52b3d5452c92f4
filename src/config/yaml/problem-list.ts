import type { ConfigProblem } from '../reading/config-problem.ts';
import type { DescribedIssue } from '../reading/describe-issue.ts';
import { type LocatedValue, type Place, placeAt } from '../reading/located-value.ts';
import type { PlacedProblem } from './parse-yaml.ts';

/** What is wrong in one file, gathered while it is read. */
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

  /** What a schema found in a value. */
  refuseIssues(issues: readonly DescribedIssue[], root: LocatedValue): void {
    for (const { path, aim, message, hint } of issues) this.refuse(placeAt(root, path, aim), message, hint);
  }

  /** In the order of the file. A part that is merged into several programs is told of once. */
  list(): readonly ConfigProblem[] {
    const told = [...this.#errors.map(this.#as('error')), ...this.#warnings.map(this.#as('warning'))];
    const once = new Map(told.map((problem) => [JSON.stringify(problem), problem]));
    return [...once.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  }

  readonly #as =
    (severity: ConfigProblem['severity']) =>
    ({ line, column, message, hint }: PlacedProblem): ConfigProblem => ({
      ...{ severity, file: this.#file, line, column, message, hint },
    });
}
