import type { RunCommand } from '../command/command.ts';
import { withConnection } from '../command/context.ts';
import { hasErrors, noteProblems, printPlan } from '../output/plan.ts';

export const run: RunCommand = async (context, _args, { dryRun = false }) => {
  const { terminal } = context;
  const result = await withConnection(context, ({ api }) => api.reloadConfig({ dryRun }));
  if (terminal.json) terminal.printJson(result);
  else printPlan(terminal, result, result.applied);
  noteProblems(terminal, result);
  return hasErrors(result) ? 1 : 0;
};
