import type { OptionRow } from './command.ts';
import { countOption, durationOption, limitOption, variableOption } from './option-values.ts';

export const GLOBAL_OPTIONS: readonly OptionRow[] = [
  { flags: '--instance <name>', summary: 'which engine, where several run side by side', defaultValue: 'default' },
  { flags: '--host <url>', summary: 'the remote API of an engine elsewhere, e.g. https://box:19881' },
  { flags: '--token-file <file>', summary: 'where the token for --host is' },
  { flags: '--json', summary: 'print JSON for programs to read, also of what went wrong' },
  { flags: '--color <when>', summary: 'use colours', choices: ['auto', 'always', 'never'], defaultValue: 'auto' },
  { flags: '--ascii', summary: 'print ASCII characters only' },
];

export const FOLLOW: OptionRow = {
  flags: '-f, --follow',
  summary: 'go on with what is new, over restarts of the engine too',
};
/** Programs that a command takes. */
export const IDS = [['<ids...>', 'ids of programs, or "all"']] as const;

export const DRY_RUN: OptionRow = { flags: '--dry-run', summary: 'only show what would be done' };
export const TIMEOUT: OptionRow = {
  flags: '--timeout <duration>',
  summary: 'how long a program may take to end before it is killed, e.g. 10s (default: its own time)',
  parse: durationOption,
};

/** What a program can be told to be from the command line; the rest is for files. */
export const DEFINITION: readonly OptionRow[] = [
  { flags: '--cpu <percent>', summary: 'CPU limit, percent of one core, or none', parse: limitOption('percent') },
  { flags: '--memory <mb>', summary: 'memory limit in MB, or none', parse: limitOption('MB') },
  { flags: '--cwd <folder>', summary: 'where it runs' },
  { flags: '--env <name=value>', summary: 'a variable of its environment; may be repeated', parse: variableOption },
  { flags: '--restart <policy>', summary: 'when it is restarted', choices: ['on-failure', 'always', 'never'] },
  { flags: '--instances <count>', summary: 'how many of it run', parse: countOption(1000) },
  { flags: '--autostart', summary: 'start it with the engine' },
  { flags: '--no-autostart', summary: 'do not start it with the engine' },
];
