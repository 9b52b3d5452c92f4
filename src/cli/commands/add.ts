import { listAll } from '../../client/attach/list-all.ts';
import type { RunCommand } from '../command/command.ts';
import { definitionFields } from '../definitions/definition-fields.ts';
import { withRegistrar } from '../definitions/definitions.ts';
import { printDefinitionResult, printLater } from '../report/definition-result.ts';
import { validateIds } from '../command/process-id.ts';

export const run: RunCommand = async (context, [id = '', ...command], options) => {
  validateIds([id]);
  const { terminal, paths } = context;
  // Where it was typed, as for any command: the engine's own folder says nothing to who adds a program.
  const fields = definitionFields(command, { cwd: process.cwd(), ...options });
  const [program = ''] = command;
  const { result, rows } = await withRegistrar(context, async (registrar) => {
    if (registrar.kind === 'offline') {
      return { result: await registrar.registry.edit({ kind: 'add', id, fields }), rows: null };
    }
    const { api } = registrar;
    const added = await api.add({ definition: { command: program, ...fields, id } });
    return { result: added, rows: terminal.json ? null : await listAll(api) };
  });
  if (terminal.json) terminal.printJson(result);
  else printDefinitionResult(terminal, result, rows);
  if (!result.applied) printLater(terminal, paths.instance);
  return 0;
};
