import { isPlainId } from '../../base/selector.ts';
import { HealerError } from '../../protocol/errors.ts';
import { changePrograms } from '../definitions/change-program.ts';
import type { RunOf } from '../command/command.ts';
import type { DEFINE_COMMANDS } from '../command-groups/define-commands.ts';
import { definitionFields } from '../definitions/definition-fields.ts';

export const run: RunOf<typeof DEFINE_COMMANDS.update> = async (context, [id = '', ...command], options) => {
  const changes = definitionFields(command, options);
  const { unset = [] } = options;
  if (Object.keys(changes).length + unset.length === 0) {
    throw new HealerError('INVALID_CONFIG', 'no changes given — "healer update --help" lists what can be changed');
  }
  if (command.length > 0 && !isPlainId(id)) {
    const message = `a command can be changed for a single program only, and "${id}" may mean several — name one id`;
    throw new HealerError('INVALID_CONFIG', message, { id });
  }
  return changePrograms(context, id, changes, unset);
};
