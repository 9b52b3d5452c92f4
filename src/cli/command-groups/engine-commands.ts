import type { CommandRow } from '../command/command.ts';
import { DRY_RUN } from '../command/command-options.ts';
import { WATCHER_DETAILS } from '../command/help-texts.ts';
import { durationOption, severalOption } from '../command/option-values.ts';

/** The engine itself: start it, end it, set it, look how it is. */
export const ENGINE_COMMANDS: readonly CommandRow[] = [
  {
    name: 'up',
    summary: 'start the engine and with it the programs; where it runs already, apply what changed',
    options: [
      {
        flags: '-f, --file <file>',
        summary:
          'process list or healer.yaml, also several (default: ./healer.yaml and ./process_list.txt, else those in the config folder)',
        parse: severalOption,
      },
      DRY_RUN,
      { flags: '--foreground', summary: 'stay in front, for containers and service managers' },
      { flags: '--no-daemon', summary: 'the same as --foreground' },
      { flags: '--observe', summary: 'tell faults of every program and heal none (for first days on a machine)' },
      { flags: '--attach', summary: 'open the terminal UI once the engine runs' },
      { flags: '--standalone', summary: 'no watcher starts it again, and it starts none' },
    ],
    load: () => import('../commands/up.ts'),
  },
  {
    name: 'down',
    summary: 'stop every program and the engine',
    options: [
      { flags: '--keep', summary: 'leave the programs running for the next engine' },
      {
        flags: '--timeout <duration>',
        summary: 'kill what still runs after this long, e.g. 20s (default: each its own time)',
        parse: durationOption,
      },
    ],
    load: () => import('../commands/down.ts'),
  },
  {
    name: 'watcher',
    summary: 'start a second engine: the two watch each other, and replace each other when one dies or hangs',
    details: WATCHER_DETAILS,
    options: [
      {
        flags: '-f, --file <file>',
        summary: 'for an engine that has to be started, as for "up"',
        parse: severalOption,
      },
      { flags: '--status', summary: 'show the two engines, and how each sees the other' },
      { flags: '--restart', summary: 'replace the watcher by a new process' },
      { flags: '--stop', summary: 'end the watcher; the engine goes on' },
      { flags: '--standalone', summary: 'only watch and tell, start nothing' },
    ],
    load: () => import('../commands/watcher.ts'),
  },
  {
    name: 'reload-config',
    summary: 'read the files that define programs again, and apply what changed',
    options: [DRY_RUN],
    load: () => import('../commands/reload-config.ts'),
  },
  {
    name: 'status',
    summary: 'show how the engine and its host are',
    load: () => import('../commands/status.ts'),
  },
  {
    name: 'tui',
    summary: 'open the terminal UI',
    options: [
      { flags: '--read-only', summary: 'look without touching' },
      { flags: '--no-mouse', summary: 'leave the mouse to the terminal, for selecting text (m turns it on)' },
      { flags: '--screen-reader', summary: 'sentences to be read out, in place of a screen' },
    ],
    load: () => import('../commands/tui.ts'),
  },
  {
    name: 'config',
    summary: 'show or change settings of the engine, or check the files that define programs',
    details: `healer config get [KEY]            show settings
healer config set KEY [VALUE]      change one; without a value it is taken back
healer config check [FILE...]      find what is wrong in healer.yaml and process lists, without an engine`,
    arguments: [
      ['[action]', '"get", "set" or "check"'],
      ['[words...]', 'a key and its value, or files (default: those that "healer up" takes)'],
    ],
    load: () => import('../commands/config.ts'),
  },
];
