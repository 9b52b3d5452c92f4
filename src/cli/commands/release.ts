import type { RunOf } from '../command/command.ts';
import type { OPERATE_COMMANDS } from '../command-groups/operate-commands.ts';
import { withConnection } from '../command/context.ts';
import { ALL } from '../../base/selector.ts';
import { printWarnings } from '../report/warnings.ts';
import { operateOn } from './operate.ts';

export const run: RunOf<typeof OPERATE_COMMANDS.release> = async (context, ids) => {
  if (!ids.includes(ALL)) return operateOn(context, 'release', ids);
  const { terminal } = context;
  const { programs, ...result } = await withConnection(context, ({ api }) => api.releaseAll({}));
  if (terminal.json) terminal.printJson(programs.map((id) => ({ id, ok: true, result })));
  else if (programs.length === 0) terminal.print('nothing to do: healing was not paused');
  else terminal.print(`resumed healing of ${programs.length === 1 ? '1 program' : `${programs.length} programs`}`);
  printWarnings(terminal, [result]);
  return 0;
};
