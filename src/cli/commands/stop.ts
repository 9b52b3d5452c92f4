import type { RunOf } from '../command/command.ts';
import type { OPERATE_COMMANDS } from '../command-groups/operate-commands.ts';
import { operateOn } from './operate.ts';

export const run: RunOf<typeof OPERATE_COMMANDS.stop> = (context, ids, { force, timeoutMs }) =>
  operateOn(context, 'stop', ids, { timeoutMs, ...(force ? { graceful: false } : {}) });
