import * as z from 'zod';
import { kernelText, millisecondsFrom, textual } from './spec-values.ts';

/** Default time that a command of a program may take, in ms. */
const COMMAND_TIMEOUT_MS = 30_000;
/** Characters with a meaning in a shell: a text with one of them cannot be split at its spaces. */
const SHELL_CHARACTERS = /["'`$\\|&;<>()*?~#\n]/;

const command = z.strictObject({
  command: kernelText.min(1).describe('Executable: a path, or a name to search for'),
  args: z.array(textual).default([]).describe('Arguments, one per entry'),
  timeoutMs: millisecondsFrom(1)
    .default(COMMAND_TIMEOUT_MS)
    .describe('Timeout, after which the command and all that it started is killed'),
});

type Command = z.input<typeof command>;

function fromWords([file = '', ...args]: readonly string[]): Command {
  return { command: file, args };
}

/**
 * A command that healer runs for a program: a text of plain words, a list of words, or the fields. It is executed directly,
 * without a shell.
 */
export const commandSchema = z.union([
  command,
  z
    .array(textual)
    .min(1)
    .transform((words) => fromWords(words))
    .pipe(command),
  kernelText
    .regex(/\S/, 'the command is empty')
    .refine(
      (text) => !SHELL_CHARACTERS.test(text),
      "no shell runs this text: write a list of words, such as [sh, -c, '…'] for a script",
    )
    .transform((text) => fromWords(text.trim().split(/\s+/)))
    .pipe(command),
]);

/** A command of a program: its stop command, or one of its hooks. */
export type ProgramCommand = z.output<typeof commandSchema>;
