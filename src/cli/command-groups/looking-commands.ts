import { SERIES_DETECTORS } from '../../protocol/event-kinds.ts';
import type { CommandRow } from '../command/command.ts';
import { FOLLOW, IDS } from '../command/command-options.ts';
import { countOption, durationOption, patternOption } from '../command/option-values.ts';

/** What only looks, at programs and at what was done about them. */
export const LOOKING_COMMANDS: readonly CommandRow[] = [
  {
    name: 'ls',
    summary: 'list the programs',
    options: [
      { flags: '-w, --watch', summary: 'again and again, until Ctrl-C; with --json a line each time' },
      {
        flags: '--interval <duration>',
        summary: 'how often --watch looks, from 100ms to 1m (default: 1s)',
        parse: durationOption,
      },
    ],
    load: () => import('../commands/ls.ts'),
  },
  {
    name: 'describe',
    summary: 'show all that is known about a program',
    arguments: [['<id>', 'id of a program']],
    load: () => import('../commands/describe.ts'),
  },
  {
    name: 'why',
    summary: 'tell why a program is as it is: what went wrong, what was done, what comes next',
    arguments: [['<id>', 'id of a program']],
    load: () => import('../commands/why.ts'),
  },
  {
    name: 'logs',
    summary: 'show what a program printed, or all of them',
    arguments: [['[id]', 'id of a program (default: all, each line with its program)']],
    options: [
      FOLLOW,
      {
        flags: '-n, --lines <count>',
        summary: 'how many of the last lines',
        parse: countOption(100_000),
        defaultValue: 50,
      },
      { flags: '--grep <pattern>', summary: 'only lines that match this regular expression', parse: patternOption },
      { flags: '--timestamps', summary: 'show when each line was printed' },
      { flags: '--stream <name>', summary: 'only one of the two', choices: ['stdout', 'stderr'] },
    ],
    load: () => import('../commands/logs.ts'),
  },
  {
    name: 'events',
    summary: 'show what the engine saw and did',
    options: [
      FOLLOW,
      {
        flags: '-n, --lines <count>',
        summary: 'how many of the last events',
        parse: countOption(500),
        defaultValue: 20,
      },
      { flags: '--process <id>', summary: 'only events of this program' },
    ],
    load: () => import('../commands/events.ts'),
  },
  {
    name: 'anomalies',
    summary: 'show the leaks, spikes and oddities of the last 24 hours',
    arguments: [['[id]', 'id of a program (default: all)']],
    load: () => import('../commands/anomalies.ts'),
  },
  {
    name: 'zombies',
    summary: 'show dead processes that nobody has reaped',
    options: [{ flags: '--clean', summary: 'ask their parents to reap them' }],
    load: () => import('../commands/zombies.ts'),
  },
  {
    name: 'check',
    summary: 'ask programs now whether they are well, as their health checks do',
    arguments: IDS,
    load: () => import('../commands/check.ts'),
  },
  {
    name: 'cooldown',
    summary: 'show how near each program is to its cooldown, or end one',
    arguments: [
      ['[action]', '"reset" to end cooldowns'],
      ['[ids...]', 'ids of programs, or "all"'],
    ],
    load: () => import('../commands/cooldown.ts'),
  },
  {
    name: 'detect',
    summary: 'look for anomalies in a recorded series; needs no engine',
    arguments: [['<file>', 'CSV with the columns timestamp (seconds or ISO 8601) and value; "-" is stdin']],
    options: [
      {
        flags: '--kind <kind>',
        summary: `detector, by the unit of the values: ${SERIES_DETECTORS.map(({ name, unit }) => `${name} (${unit})`).join(', ')}`,
        choices: SERIES_DETECTORS.map(({ name }) => name),
        defaultValue: 'leak',
      },
    ],
    load: () => import('../commands/detect.ts'),
  },
];
