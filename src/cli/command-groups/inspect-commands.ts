import { SERIES_DETECTORS } from '../../protocol/event-kinds.ts';
import type { CommandRows } from '../command/command.ts';
import { FOLLOW, IDS, PROGRAMS, SOME_IDS } from '../command/shared-options.ts';
import { choice, count, duration, flag, pattern, text } from '../command/option.ts';

/** Commands that show programs and what the engine did about them. */
export const INSPECT_COMMANDS = {
  ls: {
    summary: 'List programs',
    arguments: SOME_IDS,
    options: {
      watch: flag('-w, --watch', 'refresh the list until Ctrl-C; with --json, print one line per refresh'),
      intervalMs: duration('--interval <duration>', 'set the interval of --watch, from 100ms to 1m (default: 1s)'),
    },
  },
  describe: {
    summary: 'Show a program in detail: state, policy, health, processes and recent events',
    arguments: IDS,
  },
  why: {
    summary: "Explain a program's state: what failed, what healer did, what happens next",
    arguments: IDS,
  },
  logs: {
    summary: 'Print or follow the log of one program, or of several programs, each line with its id',
    arguments: SOME_IDS,
    options: {
      follow: FOLLOW,
      lines: count('-n, --lines <count>', 'print only the last lines', { max: 100_000, fallback: 50 }),
      grep: pattern('--grep <pattern>', 'print only lines that match a regular expression'),
      timestamps: flag('--timestamps', 'print the time of each line'),
      stream: choice('--stream <name>', 'print only one of the two streams', ['stdout', 'stderr']),
    },
  },
  events: {
    summary: 'Print or follow the events that the engine recorded',
    options: {
      follow: FOLLOW,
      lines: count('-n, --lines <count>', 'print only the last events', { max: 500, fallback: 20 }),
      process: text('--process <id>', 'print only events of these programs: an id, @group, quoted pattern'),
    },
  },
  anomalies: {
    summary: 'List the memory leaks, CPU spikes and other anomalies of the last 24 hours',
    arguments: SOME_IDS,
  },
  zombies: {
    summary: 'List zombies: dead processes that their parents have not reaped',
    options: { clean: flag('--clean', 'signal their parents to reap them') },
  },
  check: {
    summary: 'Run health checks now',
    arguments: IDS,
  },
  cooldown: {
    summary: 'Show how close each program is to its cooldown, or end a cooldown',
    arguments: [
      ['[action]', '"reset" to end cooldowns'],
      ['[ids...]', PROGRAMS],
    ],
  },
  detect: {
    summary: 'Detect anomalies in a recorded series, without an engine',
    arguments: [['<file>', 'CSV file with the columns timestamp (seconds or ISO 8601) and value, or "-" for stdin']],
    options: {
      kind: choice(
        '--kind <kind>',
        `select the detector; values must be in its unit: ${SERIES_DETECTORS.map(({ name, unit }) => `${name} (${unit})`).join(', ')}`,
        SERIES_DETECTORS.map(({ name }) => name),
        'leak',
      ),
    },
  },
} satisfies CommandRows;
