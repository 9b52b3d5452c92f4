import type { RunOf } from '../command/command.ts';
import type { OPERATE_COMMANDS } from '../command-groups/operate-commands.ts';
import { operateOn } from './operate.ts';

export const run: RunOf<typeof OPERATE_COMMANDS.restart> = async (context, ids, { timeoutMs, rolling }) => {
  if (!rolling) return operateOn(context, 'restart', ids, { timeoutMs });
  const { restartRolling } = await import('./restart-rolling.ts');
  return restartRolling(context, ids, timeoutMs);
};
