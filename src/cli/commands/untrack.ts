import { sanitizeText } from '../../base/sanitize-text.ts';
import type { RunOf } from '../command/command.ts';
import type { OPERATE_COMMANDS } from '../command-groups/operate-commands.ts';
import { withConnection } from '../command/context.ts';
import { parsePid } from '../command/pid.ts';

export const run: RunOf<typeof OPERATE_COMMANDS.untrack> = async (context, [word = '']) => {
  const { terminal } = context;
  const target = { pid: parsePid(word) };
  const tracked = await withConnection(context, ({ api }) => api.untrack(target));
  if (terminal.json) terminal.printJson(tracked);
  else terminal.print(`no longer tracking ${String(tracked.pid)} (${sanitizeText(tracked.name)})`);
  return 0;
};
