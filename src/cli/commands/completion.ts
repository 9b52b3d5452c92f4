import { HealerError } from '../../protocol/errors.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { RunOf } from '../command/command.ts';
import { COMMAND_FAMILIES, COMMANDS } from '../command-groups/command-table.ts';
import { GLOBAL_OPTIONS } from '../command/shared-options.ts';
import { bashCompletion } from '../completion/bash-completion.ts';
import { type Candidate, completeWords } from '../completion/complete-words.ts';
import { completionModel } from '../completion/completion-model.ts';
import { fishCompletion } from '../completion/fish-completion.ts';
import { LOOK_UPS } from './completion-look-ups.ts';
import { zshCompletion } from '../completion/zsh-completion.ts';
import { type Context, createContext, withConnection } from '../command/context.ts';
import { listAll } from '../../client/attach/list-all.ts';

/** Short, because the user pressed Tab and is waiting; longer for an engine elsewhere. */
const PATIENCE_MS = 3000;
const REMOTE_PATIENCE_MS = 5000;

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export const run: RunOf<typeof COMMANDS.completion> = async (context, words, { ids, words: completesWords }) => {
  if (ids) return printIds(context);
  if (completesWords) return printCandidates(context, words);
  const [shell] = words;
  if ((shell !== 'bash' && shell !== 'zsh' && shell !== 'fish') || words.length > 1) {
    throw new HealerError('INVALID_CONFIG', 'unknown or missing shell — use "healer completion bash", "zsh" or "fish"');
  }
  context.terminal.print(SHELLS[shell]().trimEnd());
  return 0;
};

/** Prints nothing if no engine answers in time: completion must not print errors. Scripts of earlier versions use it. */
async function printIds(context: Context): Promise<number> {
  return withinPatience(PATIENCE_MS, async () => {
    const rows = await withConnection(context, ({ api }) => listAll(api));
    for (const { id } of rows) context.terminal.print(id);
  });
}

/**
 * Prints what completes the last word. The first line says whether files are offered too, and the part of the word before
 * its value; each other line is a whole word and its meaning, separated by a tab.
 */
async function printCandidates({ terminal }: Context, words: readonly string[]): Promise<number> {
  const model = completionModel(COMMANDS, GLOBAL_OPTIONS, COMMAND_FAMILIES);
  const { candidates, offer, prefix, given, engine } = completeWords(model, words);
  terminal.print(`${offer.files ? 'files' : 'words'}\t${prefix}`);
  const print = ({ text, summary }: Candidate): void => {
    if (!given.includes(text)) terminal.print(`${prefix}${text}\t${sanitizeText(summary)}`);
  };
  for (const text of offer.words) print({ text, summary: '' });
  for (const candidate of candidates) print(candidate);
  const isRemote = engine['--host'] !== undefined || offer.kinds.includes('remotes') || offer.kinds.includes('hosts');
  return withinPatience(isRemote ? REMOTE_PATIENCE_MS : PATIENCE_MS, async () => {
    const context = createContext({
      instance: engine['--instance'] ?? 'default',
      host: engine['--host'],
      tokenFile: engine['--token-file'],
      json: false,
      quiet: true,
      color: 'never',
      ascii: false,
    });
    for (const kind of offer.kinds) for (const candidate of await LOOK_UPS[kind](context)) print(candidate);
  });
}

/** Ends silently if the work fails or takes too long. */
async function withinPatience(patienceMs: number, work: () => Promise<void>): Promise<number> {
  const timer = setTimeout(() => process.exit(0), patienceMs);
  try {
    await work();
  } catch {
    // Without an answer there is nothing more to offer.
  }
  clearTimeout(timer);
  return 0;
}
