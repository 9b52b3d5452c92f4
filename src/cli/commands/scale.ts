import { HealerError } from '../../protocol/errors.ts';
import { MOST_INSTANCES } from '../command/option-values.ts';
import { changePrograms } from '../definitions/change-program.ts';
import type { RunOf } from '../command/command.ts';
import type { DEFINE_COMMANDS } from '../command-groups/define-commands.ts';

export const run: RunOf<typeof DEFINE_COMMANDS.scale> = async (context, [id = '', count = '']) => {
  if (count === 'max') return changePrograms(context, id, { instances: 'max' });
  const instances = Number(count);
  if (!/^\d+$/.test(count) || instances > MOST_INSTANCES) {
    const step = /^\d+$/.test(id)
      ? `write the number last: healer scale ${count} ${id}`
      : `write a whole number from 0 to ${MOST_INSTANCES}, or max`;
    throw new HealerError('INVALID_CONFIG', `"${count}" is not a number of instances — ${step}`);
  }
  return changePrograms(context, id, { instances });
};
