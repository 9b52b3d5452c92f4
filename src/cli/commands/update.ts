import { HealerError } from '../../protocol/errors.ts';
import { changeProgram } from '../definitions/change-program.ts';
import type { RunOf } from '../command/command.ts';
import type { DEFINE_COMMANDS } from '../command-groups/define-commands.ts';
import { definitionFields } from '../definitions/definition-fields.ts';

export const run: RunOf<typeof DEFINE_COMMANDS.update> = async (context, [id = '', ...command], options) => {
  const changes = definitionFields(command, options);
  const { unset = [] } = options;
  if (Object.keys(changes).length + unset.length === 0) {
    throw new HealerError('INVALID_CONFIG', 'no changes given — "healer update --help" lists what can be changed');
  }
  return changeProgram(context, id, changes, unset);
};
