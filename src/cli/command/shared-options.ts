import { parseMegabytes, parsePercent } from '../../protocol/spec/quantities.ts';
import { choice, duration, eitherFlag, fields, flag, instances, limit, text, variables } from './option.ts';

/** The options that every command accepts, before and after its name. */
export const GLOBAL_OPTIONS = {
  instance: text('--instance <name>', 'select the engine instance', 'default'),
  host: text(
    '--host <url>',
    'connect to another machine: the URL of its remote API, e.g. https://box:19881, or a host of the fleet, e.g. fleet:web-01',
  ),
  tokenFile: text('--token-file <file>', 'read the token for --host from a file'),
  json: flag('--json', 'print JSON, including errors'),
  quiet: flag('-q, --quiet', 'print no progress and no hints'),
  color: choice('--color <when>', 'color the output', ['auto', 'always', 'never'], 'auto'),
  ascii: flag('--ascii', 'print only ASCII characters'),
};

/** The programs that a command acts on. */
export const PROGRAMS = 'ids of programs, @group, a quoted pattern such as "web-*", or "all"';

/** The definition that a command changes, or several with the same change. */
export const PROGRAM = 'id of a program, @group, a quoted pattern such as "web-*", or "all"';

export const IDS = [['<ids...>', PROGRAMS]] as const;

/** The programs that a command shows; all of them by default. */
export const SOME_IDS = [['[ids...]', `${PROGRAMS} (default: all)`]] as const;

export const FOLLOW = flag('-f, --follow', 'keep printing new entries, even when the engine restarts');

export const DRY_RUN = flag('--dry-run', 'show the plan without applying it');

export const YES = flag('-y, --yes', 'stop and remove programs without asking');

export const TIMEOUT = duration(
  '--timeout <duration>',
  'force kill a program that has not stopped after this time, e.g. 10s (default: its own stop timeout)',
);

/** The fields of a program definition that the command line can set; files can set all of them. */
export const DEFINITION_OPTIONS = {
  cpu: limit(
    '--cpu <percent>',
    'limit CPU usage to a percentage of one core, or "none"',
    'percent above 0, such as 80 or 150%',
    parsePercent,
  ),
  memory: limit(
    '--memory <mb>',
    'limit memory usage to a number of MB, such as 500 or 1.5G, or "none"',
    'MB above 0, such as 500, 512M or 1.5G',
    parseMegabytes,
  ),
  cwd: text('--cwd <folder>', 'set the working directory'),
  type: choice('--type <type>', 'set "forking" for a program that moves itself to the background', [
    'simple',
    'forking',
  ]),
  pidFile: text('--pid-file <file>', 'set the pid file of a program with --type forking'),
  env: variables('--env <name=value>', 'set an environment variable; can be repeated'),
  restart: choice('--restart <policy>', 'set the restart policy', ['on-failure', 'always', 'never']),
  instances: instances('--instances <count>', 'set the number of instances, or "max" for one per processor'),
  set: fields('--set <field=value>', 'set any other field, e.g. health.timeoutMs=5000; can be repeated'),
  autostart: eitherFlag(
    ['--autostart', 'start the program when the engine starts'],
    ['--no-autostart', 'do not start the program when the engine starts'],
  ),
};
