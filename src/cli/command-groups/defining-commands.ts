import type { CommandRow } from '../command/command.ts';
import { DEFINITION } from '../command/command-options.ts';

/** What changes the definitions of programs in the registry. */
export const DEFINING_COMMANDS: readonly CommandRow[] = [
  {
    name: 'add',
    summary: 'define a program and start it: healer add web -- node web.js',
    arguments: [
      ['<id>', 'how it is to be called'],
      ['<command...>', 'what it runs, behind --'],
    ],
    options: DEFINITION,
    load: () => import('../commands/add.ts'),
  },
  {
    name: 'update',
    summary: 'change what is named of a program, in place if possible',
    arguments: [
      ['<id>', 'id of a program'],
      ['[command...]', 'what it runs from now on, behind --'],
    ],
    options: DEFINITION,
    load: () => import('../commands/update.ts'),
  },
  {
    name: 'remove',
    summary: 'stop programs that were added, and forget them',
    arguments: [['<ids...>', 'ids of programs']],
    load: () => import('../commands/remove.ts'),
  },
  {
    name: 'scale',
    summary: 'change how many instances of a program run',
    arguments: [
      ['<id>', 'id of a program'],
      ['<count>', 'how many instances'],
    ],
    load: () => import('../commands/scale.ts'),
  },
];
