import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { OPERATE_COMMANDS } from '../command-groups/operate-commands.ts';
import { withConnection } from '../command/context.ts';
import { formatTime } from '../output/labeled-values.ts';
import { ALL } from '../../base/selector.ts';
import { printWarnings } from '../report/warnings.ts';
import { operateOn } from './operate.ts';

/** The longest time that a timer of the engine can wait. */
const LONGEST_MS = 2_147_483_647;

export const run: RunOf<typeof OPERATE_COMMANDS.hold> = async (context, ids, { forMs }) => {
  if (forMs !== undefined && (forMs < 1 || forMs > LONGEST_MS)) {
    throw new HealerError(
      'INVALID_CONFIG',
      '--for must be more than 0s and at most 24d — omit it to pause healing without a time limit',
    );
  }
  if (!ids.includes(ALL)) return operateOn(context, 'hold', ids, { forMs });
  const { terminal } = context;
  const { programs, ...result } = await withConnection(context, ({ api }) => api.holdAll({ forMs }));
  const { until } = result;
  if (terminal.json) terminal.printJson(programs.map((id) => ({ id, ok: true, result })));
  else {
    const end = until === null ? 'until "healer release all"' : `until ${formatTime(until)}`;
    terminal.print(`paused healing of every program ${end}: faults are reported, not healed`);
  }
  printWarnings(terminal, [result]);
  return 0;
};
