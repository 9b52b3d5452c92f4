import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import { COMMAND_FAMILIES, COMMANDS } from '../command-groups/command-table.ts';
import { GLOBAL_OPTIONS } from '../command/shared-options.ts';
import { bashCompletion } from '../completion/bash-completion.ts';
import { completionModel } from '../completion/completion-model.ts';
import { fishCompletion } from '../completion/fish-completion.ts';
import { zshCompletion } from '../completion/zsh-completion.ts';
import { type Context, withConnection } from '../command/context.ts';
import { listAll } from '../../client/attach/list-all.ts';

/** Short, because the user pressed Tab and is waiting. */
const PATIENCE_MS = 1000;

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export const run: RunOf<typeof COMMANDS.completion> = async (context, [shell], { ids }) => {
  if (ids) return printIds(context);
  if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish') {
    throw new HealerError('INVALID_CONFIG', 'unknown or missing shell — use "healer completion bash", "zsh" or "fish"');
  }
  context.terminal.print(SHELLS[shell](completionModel(COMMANDS, GLOBAL_OPTIONS, COMMAND_FAMILIES)).trimEnd());
  return 0;
};

/** Prints nothing if no engine answers in time: completion must not print errors. */
async function printIds(context: Context): Promise<number> {
  const timer = setTimeout(() => process.exit(0), PATIENCE_MS);
  try {
    const rows = await withConnection(context, ({ api }) => listAll(api));
    for (const { id } of rows) context.terminal.print(id);
  } catch {
    // Without an engine there is nothing to offer.
  }
  clearTimeout(timer);
  return 0;
}
