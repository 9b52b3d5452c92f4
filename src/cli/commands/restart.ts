import type { RunOf } from '../command/command.ts';
import type { OPERATE_COMMANDS } from '../command-groups/operate-commands.ts';
import { operateOn } from './operate.ts';

export const run: RunOf<typeof OPERATE_COMMANDS.restart> = (context, ids, { timeoutMs }) =>
  operateOn(context, 'restart', ids, { timeoutMs });
