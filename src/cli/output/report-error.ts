import { CommanderError } from 'commander';
import { commandHint, fileHint, missingHint, optionHint, surplusHint } from './familiar-words.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { type ErrorCode, HealerError, toHealerError } from '../../protocol/errors.ts';

/** A failure as the user sees it: `message` is one sentence, and ends with the next step if there is one. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A command line that failed. */
export interface FailedLine {
  /** The command whose help the message refers to; undefined if there is none. */
  readonly command?: string | undefined;
  /** All words of the line. */
  readonly words?: readonly string[];
  /** All commands. */
  readonly commands?: readonly string[];
  /** The long options of the command. */
  readonly flags?: readonly string[];
}

/** Prints an error to stderr, and also as JSON to stdout if requested. Returns the exit code. */
export function reportError(error: unknown, options: FailedLine & { readonly json: boolean }): number {
  const { json } = options;
  const known =
    error instanceof CommanderError ? usageErrorOf(error, options) : (missingFile(error) ?? toHealerError(error));
  const failure = failureFrom(known);
  if (json) process.stdout.write(`${JSON.stringify({ error: failure })}\n`);
  process.stderr.write(`healer: ${sanitizeText(failure.message)}\n`);
  return exitCodeOf(known.code);
}

/** Says what to do if code of the command could not be loaded, which happens while a package manager replaces files. */
function missingFile(error: unknown): HealerError | null {
  if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') return null;
  const text = messageOf(error);
  const [, path = text] = /'([^']+)'/.exec(text) ?? [];
  const message = `a file of healer is missing (${path}): if healer is being upgraded, run the command again; otherwise reinstall it`;
  return new HealerError('IO_ERROR', message, { path }, { cause: error });
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

/** Rewrites a message such as "error: unknown option '--x'" from commander as one sentence with the next step. */
function usageErrorOf({ code, message }: CommanderError, line: FailedLine): HealerError {
  if (code === 'commander.help') return missingCommand(line.words ?? []);
  const problem = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const hint = hintOf(code, message, line) ?? helpHint(code, message, line);
  return new HealerError('INVALID_CONFIG', `${problem}${hint}`);
}

/** Commander asks for help both without a command, and if "help" names one that does not exist. */
function missingCommand(words: readonly string[]): HealerError {
  const unknown = words.includes('help') ? words[words.indexOf('help') + 1] : undefined;
  const message =
    unknown === undefined
      ? 'no command given'
      : `unknown command '${unknown}' — ${commandHint(unknown) ?? '"healer --help" lists all commands'}`;
  return new HealerError('INVALID_CONFIG', message);
}

/** Programs of other managers: what follows is meant for healer. */
const MANAGERS: ReadonlySet<string> = new Set([
  ...['pm2', 'pm2-runtime', 'supervisorctl', 'systemctl', 'rc-service', 'circusctl', 'forever', 'foreman'],
  ...['honcho', 'overmind', 'process-compose', 'mprocs', 'pitchfork', 'healer'],
]);

/** Returns the command for `healer pm2 stop web`, `healer web stop` and `healer fleet:web ls`; null for anything else. */
function swappedHint(word: string, words: readonly string[], commands: readonly string[]): string | null {
  const rest = words.slice(words.indexOf(word) + 1);
  const [next] = rest;
  if (next === undefined) return null;
  if (MANAGERS.has(word)) {
    const hint = commandHint(next);
    if (hint !== null) return `leave out "${word}": ${hint}`;
    return commands.includes(next) ? `leave out "${word}": healer ${rest.join(' ')}` : null;
  }
  if (!commands.includes(next)) return null;
  return word.startsWith('fleet:')
    ? `did you mean "healer --host ${word} ${next}"?`
    : `did you mean "healer ${next} ${word}"?`;
}

/** Returns what a word of another program manager, or a surplus argument, stands for; null if it is not known. */
function hintOf(
  code: string,
  message: string,
  { command, words = [], commands = [], flags = [] }: FailedLine,
): string | null {
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownCommand':
      return dashed(commandHint(quoted) ?? swappedHint(quoted, words, commands) ?? fileHint(quoted));
    case 'commander.unknownOption':
      return dashed(optionHint(quoted, command));
    case 'commander.missingArgument':
      return command === undefined ? null : dashed(missingHint(command, words));
    case 'commander.excessArguments': {
      const others = words.slice(words.indexOf(command ?? '') + 1);
      const surplus = others.find((word) => !word.startsWith('-'));
      if (command === undefined || surplus === undefined) return null;
      const flag = `--${surplus}`;
      if (flags.includes(flag)) return dashed(`did you mean "healer ${command} ${flag}"?`);
      if (commands.includes(surplus)) return dashed(`did you mean "healer ${others.join(' ')}"?`);
      return dashed(surplusHint(command, surplus));
    }
    default:
      return null;
  }
}

function dashed(hint: string | null): string | null {
  return hint === null ? null : ` — ${hint}`;
}

/** Returns the similar word, if any, and the help that lists the right ones. */
function helpHint(code: string, message: string, { command, commands = [], flags = [] }: FailedLine): string {
  const quoted = /'-{0,2}([^'=]*)[^']*'/.exec(message)?.[1] ?? '';
  const isOption = code === 'commander.unknownOption';
  const isCommand = code === 'commander.unknownCommand';
  const bare = isOption ? flags.map((flag) => flag.replace(/^--/, '')) : isCommand ? commands : [];
  const similar = nearestWord(quoted, bare);
  const guess = similar === null ? '' : ` (Did you mean ${isOption ? '--' : ''}${similar}?)`;
  const help = ['healer', isCommand ? undefined : command, '--help'].filter((word) => word !== undefined).join(' ');
  return `${guess} — see "${help}"`;
}
