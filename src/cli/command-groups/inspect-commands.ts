import { SERIES_DETECTORS } from '../../protocol/event-kinds.ts';
import type { CommandRows } from '../command/command.ts';
import { WAIT_DETAILS } from '../command/help-texts.ts';
import { WAIT_GOALS } from '../report/wait-goals.ts';
import { FOLLOW, IDS, PROGRAMS, SOME_IDS } from '../command/shared-options.ts';
import { choice, count, duration, fields, flag, moment, pattern, run, text } from '../command/option.ts';
import { LOG_LEVELS } from '../../base/structured-text.ts';

/** Lines around a match. */
const AROUND = { max: 10_000, fallback: undefined };

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
  wait: {
    summary: 'Wait until programs are ready, healthy, stopped or have exited; for scripts and CI',
    details: WAIT_DETAILS,
    arguments: IDS,
    options: {
      goal: choice('--for <state>', 'set what to wait for', WAIT_GOALS, 'ready'),
      timeoutMs: duration('--timeout <duration>', 'give up after this time (default: 30s)'),
    },
  },
  logs: {
    summary: 'Print or follow the log of one program, or of several programs, each line with its id',
    details: `Times are written as 10m, 2h30m or 1d (ago), 14:30 (today), 2026-11-29, or 2026-11-29T14:30:00.
A pipe gets what the program wrote, with its colors and control characters; a screen gets only the colors.`,
    arguments: SOME_IDS,
    options: {
      follow: FOLLOW,
      lines: count(
        '-n, --lines <count>',
        'print only the last lines (default: 50, or all with --run, --since or --until)',
        {
          max: 10_000_000,
          fallback: undefined,
        },
      ),
      since: moment('--since <time>', 'print only lines from this time on, e.g. 10m or 14:30'),
      until: moment('--until <time>', 'print only lines up to this time'),
      grep: pattern('--grep <pattern>', 'print only lines that match a regular expression, searching the whole log'),
      after: count('-A, --after-context <count>', 'print this many lines after each match', AROUND),
      before: count('-B, --before-context <count>', 'print this many lines before each match', AROUND),
      around: count('-C, --context <count>', 'print this many lines before and after each match', AROUND),
      level: choice('--level <level>', 'print only lines of at least this level, in JSON or text', LOG_LEVELS),
      where: fields('--where <field=value>', 'print only JSON lines with this field; can be repeated'),
      run: run('--run <number>', 'print only one run: its number, 0 for the latest run, -1 for the one before'),
      timestamps: flag('--timestamps', 'print the time of each line'),
      raw: flag('--raw', 'print the bytes that the program wrote, and nothing else'),
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
  suggest: {
    summary: 'Propose limits and other settings from what was observed in the last 24 hours',
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
  record: {
    summary: 'Record what the detectors of a program see, to be replayed with "healer detect"',
    arguments: [
      ['<id>', 'id of a program'],
      ['<folder>', 'folder to be created for the recording'],
    ],
    options: {
      forMs: duration('--for <duration>', 'stop after this time, e.g. 30m (default: 1h, or Ctrl-C)'),
      past: flag('--past', 'write the last 24 hours, by minute, instead of recording'),
      falseAlarm: flag(
        '--false-alarm',
        'note that the program is healthy: "healer detect" then fails if it finds anything',
      ),
    },
  },
  detect: {
    summary: 'Detect anomalies in a recorded series or a recording, without an engine',
    arguments: [
      [
        '<file>',
        'CSV file with the columns timestamp (seconds or ISO 8601) and value, "-" for stdin, or a folder of "healer record"',
      ],
    ],
    options: {
      kind: choice(
        '--kind <kind>',
        `select the detector; values must be in its unit: ${SERIES_DETECTORS.map(({ name, unit }) => `${name} (${unit})`).join(', ')}`,
        SERIES_DETECTORS.map(({ name }) => name),
      ),
    },
  },
} satisfies CommandRows;
