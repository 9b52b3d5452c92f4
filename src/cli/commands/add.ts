import { existingFolder } from '../definitions/existing-folder.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { RunOf } from '../command/command.ts';
import type { DEFINE_COMMANDS } from '../command-groups/define-commands.ts';
import { definitionFields } from '../definitions/definition-fields.ts';
import { withRegistrar } from '../definitions/definitions.ts';
import { printDefinitionResult, printLater, reportFailedStarts } from '../report/definition-result.ts';
import { validateIds } from '../command/process-id.ts';

export const run: RunOf<typeof DEFINE_COMMANDS.add> = async (context, [id = '', ...command], options) => {
  validateIds([id]);
  const { terminal, paths } = context;
  // Like a shell, run it in the current folder by default, not in the folder of the engine.
  const fields = definitionFields(command, { ...options, cwd: options.cwd ?? existingFolder() });
  const [program = ''] = command;
  const { result, rows } = await withRegistrar(context, async (registrar) => {
    if (registrar.kind === 'offline') {
      return { result: await registrar.registry.edit({ kind: 'add', id, fields }), rows: null };
    }
    const { api } = registrar;
    const added = await api.add({ definition: { command: program, ...fields, id } });
    return { result: added, rows: await listAll(api) };
  });
  if (terminal.json) terminal.printJson(result);
  else printDefinitionResult(terminal, result, rows);
  if (!result.applied) printLater(terminal, paths.instance);
  return reportFailedStarts(terminal, result, rows);
};
