import { sanitizeText } from '../../base/sanitize-text.ts';
import { type ConfigProblem, formatProblem } from '../../config/reading/config-problem.ts';
import type { ConfigPlan, PlannedChange, ReloadResult } from '../../protocol/results/config-plan.ts';
import { printLabeledValues } from './labeled-values.ts';
import type { Terminal } from './terminal.ts';

/** Prints what was changed, or what would be changed. */
export function printPlan(terminal: Terminal, plan: ConfigPlan, isDone: boolean): void {
  const { added, removed, restarted, changedInPlace, unchanged } = plan;
  const count = added.length + removed.length + restarted.length + changedInPlace.length;
  if (count === 0) {
    terminal.print(isDone ? 'Nothing changed.' : 'Nothing would change.');
    return;
  }
  printLabeledValues(terminal, [
    [isDone ? 'added' : 'would add', listed(added)],
    [isDone ? 'removed' : 'would remove', listed(removed)],
    [isDone ? 'restarted' : 'would restart', listed(restarted.map(changed))],
    [isDone ? 'changed in place' : 'would change in place', listed(changedInPlace.map(changed))],
    ['unchanged', String(unchanged.length)],
  ]);
}

function changed({ id, fields }: PlannedChange): string {
  return `${id} (${fields.join(', ')})`;
}

function listed(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.join(', ');
}

/** Prints one problem per line to stderr. */
export function noteProblems(
  terminal: Terminal,
  { problems, moreProblems, refused }: Pick<ReloadResult, 'problems' | 'moreProblems' | 'refused'>,
): void {
  for (const problem of problems) terminal.note(sanitizeText(describeProblem(problem)));
  if (moreProblems > 0) terminal.note(`and ${moreProblems} more problems`);
  for (const file of refused) terminal.note(`"${sanitizeText(file)}" was not applied because it contains errors`);
}

/** Returns severity, place and description of a problem in one line. */
export function describeProblem(problem: ConfigProblem): string {
  return `${problem.severity}: ${formatProblem(problem)}`;
}

/** Whether there are errors; warnings alone do not prevent a change. */
export function hasErrors({ problems }: Pick<ReloadResult, 'problems'>): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
