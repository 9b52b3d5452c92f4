import { CommanderError } from 'commander';
import { commandHint, fileHint, optionHint, surplusHint } from './familiar-words.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { type ErrorCode, HealerError, toHealerError } from '../../protocol/errors.ts';

/** A failure as the user sees it: `message` is one sentence, and ends with the next step if there is one. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Prints an error to stderr, and also as JSON to stdout if requested. Returns the exit code.
 * @param options `command` is the command whose help the message refers to, `words` the whole command line
 */
export function reportError(
  error: unknown,
  options: { readonly json: boolean; readonly command?: string | undefined; readonly words?: readonly string[] },
): number {
  const { json } = options;
  const known = error instanceof CommanderError ? usageErrorOf(error, options) : toHealerError(error);
  const failure = failureFrom(known);
  if (json) process.stdout.write(`${JSON.stringify({ error: failure })}\n`);
  process.stderr.write(`healer: ${sanitizeText(failure.message)}\n`);
  return exitCodeOf(known.code);
}

/** Returns an error in the form that `--json` prints. */
export function failureFrom({ code, message, data }: HealerError): Failure {
  return { code, message, data };
}

/** Returns 2 for wrong usage, 3 if the engine is not running, and 1 for any other failure. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'ENGINE_NOT_RUNNING') return 3;
  return code === 'INVALID_CONFIG' ? 2 : 1;
}

/** Rewrites a message such as "error: unknown option '--x'\n(Did you mean --y?)" from commander as one sentence. */
function usageErrorOf(
  { code, message }: CommanderError,
  { words = [], command }: { readonly words?: readonly string[]; readonly command?: string | undefined },
): HealerError {
  if (code === 'commander.help') return missingCommand(words);
  const problem = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const hint = hintOf(code, message, words, command);
  if (hint !== null) {
    // The suggestion of a similar word would mislead.
    return new HealerError('INVALID_CONFIG', `${problem.replace(/ \(Did you mean .*\)$/, '')} — ${hint}`);
  }
  const help = ['healer', command, '--help'].filter((word) => word !== undefined).join(' ');
  return new HealerError('INVALID_CONFIG', `${problem} — see "${help}"`);
}

/** Commander asks for help both without a command, and if "help" names one that does not exist. */
function missingCommand(words: readonly string[]): HealerError {
  const unknown = words.includes('help') ? words[words.indexOf('help') + 1] : undefined;
  const message =
    unknown === undefined ? 'no command given' : `unknown command '${unknown}' — "healer --help" lists all commands`;
  return new HealerError('INVALID_CONFIG', message);
}

/** Returns what a word of another program manager, or a surplus argument, stands for; null if it is not known. */
function hintOf(code: string, message: string, words: readonly string[], command: string | undefined): string | null {
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownCommand':
      return commandHint(quoted) ?? fileHint(quoted);
    case 'commander.unknownOption':
      return optionHint(quoted);
    case 'commander.excessArguments': {
      const surplus = words.slice(words.indexOf(command ?? '') + 1).find((word) => !word.startsWith('-'));
      return command === undefined || surplus === undefined ? null : surplusHint(command, surplus);
    }
    default:
      return null;
  }
}
