import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { withConnection } from '../command/context.ts';
import { hasErrors, noteProblems, printPlan } from '../output/plan.ts';

export const run: RunOf<(typeof ENGINE_COMMANDS)['reload-config']> = async (context, _args, { dryRun }) => {
  const { terminal } = context;
  const result = await withConnection(context, ({ api }) => api.reloadConfig({ dryRun }));
  if (terminal.json) terminal.printJson(result);
  else printPlan(terminal, result, result.applied);
  noteProblems(terminal, result);
  return hasErrors(result) ? 1 : 0;
};
