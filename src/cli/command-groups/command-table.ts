import type { CommandGroup, CommandRow } from '../command/command.ts';
import { DEFINING_COMMANDS } from './defining-commands.ts';
import { ENGINE_COMMANDS } from './engine-commands.ts';
import { LOOKING_COMMANDS } from './looking-commands.ts';
import { OPERATING_COMMANDS } from './operating-commands.ts';
import { SET_UP_COMMANDS } from './set-up-commands.ts';
import { GLOBAL_OPTIONS } from '../command/command-options.ts';
import { COMPLETION_DETAILS } from '../command/help-texts.ts';

/** Stands here, and not among its like, since it works on the whole table. */
const COMPLETION: CommandRow = {
  name: 'completion',
  summary: 'print what completes healer in a shell',
  details: COMPLETION_DETAILS,
  arguments: [['[shell]', '"bash", "zsh" or "fish"']],
  options: [{ flags: '--ids', summary: 'print the ids of programs, for completions' }],
  load: async () => {
    const { completeFrom } = await import('../commands/completion.ts');
    const rows = COMMAND_GROUPS.flatMap(({ commands }) => commands);
    return { run: completeFrom(rows, GLOBAL_OPTIONS) };
  },
};

/** Every command (SPEC section 14), in the order in which help shows them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { heading: 'Engine', commands: ENGINE_COMMANDS },
  { heading: 'Look', commands: LOOKING_COMMANDS },
  { heading: 'Operate', commands: OPERATING_COMMANDS },
  { heading: 'Define', commands: DEFINING_COMMANDS },
  { heading: 'Set up', commands: [...SET_UP_COMMANDS, COMPLETION] },
];
