import { CommanderError } from 'commander';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { type ErrorCode, HealerError, toHealerError } from '../../protocol/errors.ts';

/** What went wrong, for the user: `message` is one sentence that ends with the next step where there is one. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Says on stderr what went wrong, and on stdout for programs that read JSON. Gives the exit code. `command` is the one whose help knows better. */
export function reportError(
  error: unknown,
  { json, command }: { json: boolean; command?: string | undefined },
): number {
  const known = error instanceof CommanderError ? usageErrorOf(error, command) : toHealerError(error);
  const failure = failureFrom(known);
  if (json) process.stdout.write(`${JSON.stringify({ error: failure })}\n`);
  process.stderr.write(`healer: ${sanitizeText(failure.message)}\n`);
  return exitCodeOf(known.code);
}

/** What `--json` tells of an error. */
export function failureFrom({ code, message, data }: HealerError): Failure {
  return { code, message, data };
}

/** 2 when what was asked for is wrong, 3 without an engine, 1 for everything that failed on the way. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'ENGINE_NOT_RUNNING') return 3;
  return code === 'INVALID_CONFIG' ? 2 : 1;
}

/** Commander writes "error: unknown option '--x'\n(Did you mean --y?)". Without a command it only has the help to show. */
function usageErrorOf({ code, message }: CommanderError, command: string | undefined): HealerError {
  if (code === 'commander.help') return new HealerError('INVALID_CONFIG', 'no command was given');
  const problem = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const help = ['healer', command, '--help'].filter((word) => word !== undefined).join(' ');
  return new HealerError('INVALID_CONFIG', `${problem} — "${help}" shows what there is`);
}
