import { listAll } from '../../client/attach/list-all.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { targetOf } from '../command/context.ts';
import { validateSelectors } from '../command/process-id.ts';
import { concludeOutcomes } from '../output/outcomes.ts';
import { ProgramWait } from '../report/program-wait.ts';
import { selectable, selectRows } from '../report/select-programs.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
/** The longest time that a timer can wait. */
const LONGEST_MS = 2_147_483_647;
/** The exit code of shells for a program that was terminated by Ctrl-C. */
const INTERRUPTED = 130;

/** Waits until programs reach a state. Returns 1 if one of them cannot reach it, or not in time. */
export const run: RunOf<typeof INSPECT_COMMANDS.wait> = async (context, words, { goal, timeoutMs }) => {
  validateSelectors(words);
  if (timeoutMs !== undefined && timeoutMs > LONGEST_MS)
    throw new HealerError('INVALID_CONFIG', '--timeout must be at most 24d');
  const { createClientOf } = await import('../../client/attach/reconnecting-client.ts');
  const client = createClientOf(await targetOf(context));
  try {
    await client.waitForConnection();
    const rows = selectRows(words, selectable(await listAll(client.api)));
    const wait = new ProgramWait(context, client, { goal, timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS });
    if (goal === 'healthy') await wait.failUnchecked(rows);
    const isInterrupted = await wait.end(rows);
    return isInterrupted ? INTERRUPTED : concludeOutcomes(context.terminal, wait.outcomes);
  } finally {
    client.close();
  }
};
