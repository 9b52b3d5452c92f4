import { HealerError } from '../../protocol/errors.ts';
import type { CommandRow, OptionRow, RunCommand } from '../command/command.ts';
import { bashCompletion } from '../completion/bash-completion.ts';
import { completionModel } from '../completion/completion-model.ts';
import { fishCompletion } from '../completion/fish-completion.ts';
import { zshCompletion } from '../completion/zsh-completion.ts';
import { type Context, withConnection } from '../command/context.ts';
import { listAll } from '../../client/attach/list-all.ts';

/** A person has pressed Tab and waits. */
const PATIENCE_MS = 1000;

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** The table of commands loads this one, so it is handed over instead of imported. */
export function completeFrom(rows: readonly CommandRow[], globalOptions: readonly OptionRow[]): RunCommand {
  return async (context, [shell], options) => {
    if (options.ids === true) return printIds(context);
    if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish') {
      throw new HealerError('INVALID_CONFIG', 'name your shell: "healer completion bash", or zsh, or fish');
    }
    context.terminal.print(SHELLS[shell](completionModel(rows, globalOptions)).trimEnd());
    return 0;
  };
}

/** Prints nothing where no engine answers in time: a completion is no place for errors. */
async function printIds(context: Context): Promise<number> {
  const timer = setTimeout(() => process.exit(0), PATIENCE_MS);
  try {
    const rows = await withConnection(context, ({ api }) => listAll(api));
    for (const { id } of rows) context.terminal.print(id);
  } catch {
    // There is nothing to offer.
  }
  clearTimeout(timer);
  return 0;
}
