import type { CommandRows } from '../command/command.ts';
import { texts } from '../command/option.ts';
import { DEFINITION_OPTIONS, IDS, PROGRAM } from '../command/shared-options.ts';

/** Commands that change program definitions in the registry. */
export const DEFINE_COMMANDS = {
  add: {
    summary: 'Add a program and start it: healer add web -- node web.js',
    arguments: [
      ['<id>', 'unique id for the program'],
      ['<command...>', 'command to run, after --'],
    ],
    options: DEFINITION_OPTIONS,
  },
  update: {
    summary: "Change a program's definition, in place where possible",
    arguments: [
      ['<id>', PROGRAM],
      ['[command...]', 'new command to run, after --'],
    ],
    options: {
      ...DEFINITION_OPTIONS,
      unset: texts(
        '--unset <field>',
        'take back a change of this field, e.g. limits.memoryMb, memory, env.NAME or all; can be repeated',
      ),
    },
  },
  remove: {
    summary: 'Stop programs and remove their definitions from the registry',
    arguments: IDS,
  },
  scale: {
    summary: 'Change the number of instances of a program',
    arguments: [
      ['<id>', PROGRAM],
      ['<count>', 'number of instances, or max for one per processor'],
    ],
  },
} satisfies CommandRows;
