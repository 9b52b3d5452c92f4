import type { CommandRow, OptionRow, RunCommand } from './command.ts';
import { DEFINITION, DRY_RUN, FOLLOW, GLOBAL_OPTIONS, TIMEOUT } from './command-options.ts';
import { COMPLETION_DETAILS, IMPORT_DETAILS, STARTUP_DETAILS, WATCHER_DETAILS } from './help-texts.ts';
import { countOption, durationOption, patternOption, severalOption } from './option-values.ts';
import type { OperationName } from './operations.ts';

const ENGINE = 'Engine:';
const LOOK = 'Look:';
export const OTHER = 'Other:';
const OPERATE = 'Operate:';
const DEFINE = 'Define:';
const SET_UP = 'Set up:';

const IDS = [['<ids...>', 'ids of programs, or "all"']] as const;

function operation(name: OperationName, summary: string, options: readonly OptionRow[] = []): CommandRow {
  const load = async (): Promise<{ run: RunCommand }> => {
    const { operateOn } = await import('./commands/operate.ts');
    return { run: (context, ids, values) => operateOn(context, name, ids, values) };
  };
  return { name, group: OPERATE, summary, arguments: IDS, options, load };
}

/** What can be decided while no engine runs, too. */
function decision(name: 'enable' | 'disable', summary: string): CommandRow {
  const load = async (): Promise<{ run: RunCommand }> => {
    const { setEnabled } = await import('./commands/set-enabled.ts');
    return { run: (context, ids, values) => setEnabled(context, name, ids, values) };
  };
  return { name, group: OPERATE, summary, arguments: IDS, load };
}

/** Every command (SPEC section 14), in the order in which help shows them. */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'up',
    group: ENGINE,
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
    load: () => import('./commands/up.ts'),
  },
  {
    name: 'down',
    group: ENGINE,
    summary: 'stop every program and the engine',
    options: [
      { flags: '--keep', summary: 'leave the programs running for the next engine' },
      {
        flags: '--timeout <duration>',
        summary: 'kill what still runs after this long, e.g. 20s (default: each its own time)',
        parse: durationOption,
      },
    ],
    load: () => import('./commands/down.ts'),
  },
  {
    name: 'watcher',
    group: ENGINE,
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
    load: () => import('./commands/watcher.ts'),
  },
  {
    name: 'reload-config',
    group: ENGINE,
    summary: 'read the files that define programs again, and apply what changed',
    options: [DRY_RUN],
    load: () => import('./commands/reload-config.ts'),
  },
  {
    name: 'status',
    group: ENGINE,
    summary: 'show how the engine and its host are',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'tui',
    group: ENGINE,
    summary: 'open the terminal UI',
    options: [
      { flags: '--read-only', summary: 'look without touching' },
      { flags: '--no-mouse', summary: 'leave the mouse to the terminal, for selecting text (m turns it on)' },
      { flags: '--screen-reader', summary: 'sentences to be read out, in place of a screen' },
    ],
    load: () => import('./commands/tui.ts'),
  },
  {
    name: 'ls',
    group: LOOK,
    summary: 'list the programs',
    options: [
      { flags: '-w, --watch', summary: 'again and again, until Ctrl-C; with --json a line each time' },
      {
        flags: '--interval <duration>',
        summary: 'how often --watch looks, from 100ms to 1m (default: 1s)',
        parse: durationOption,
      },
    ],
    load: () => import('./commands/ls.ts'),
  },
  {
    name: 'describe',
    group: LOOK,
    summary: 'show all that is known about a program',
    arguments: [['<id>', 'id of a program']],
    load: () => import('./commands/describe.ts'),
  },
  {
    name: 'why',
    group: LOOK,
    summary: 'tell why a program is as it is: what went wrong, what was done, what comes next',
    arguments: [['<id>', 'id of a program']],
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'logs',
    group: LOOK,
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
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'events',
    group: LOOK,
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
    load: () => import('./commands/events.ts'),
  },
  {
    name: 'anomalies',
    group: LOOK,
    summary: 'show the leaks, spikes and oddities of the last 24 hours',
    arguments: [['[id]', 'id of a program (default: all)']],
    load: () => import('./commands/anomalies.ts'),
  },
  {
    name: 'zombies',
    group: LOOK,
    summary: 'show dead processes that nobody has reaped',
    options: [{ flags: '--clean', summary: 'ask their parents to reap them' }],
    load: () => import('./commands/zombies.ts'),
  },
  {
    name: 'check',
    group: LOOK,
    summary: 'ask programs now whether they are well, as their health checks do',
    arguments: IDS,
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'cooldown',
    group: LOOK,
    summary: 'show how near each program is to its cooldown, or end one',
    arguments: [
      ['[action]', '"reset" to end cooldowns'],
      ['[ids...]', 'ids of programs, or "all"'],
    ],
    load: () => import('./commands/cooldown.ts'),
  },
  {
    name: 'detect',
    group: LOOK,
    summary: 'look for anomalies in a recorded series; needs no engine',
    arguments: [['<file>', 'CSV with the columns timestamp (seconds or ISO 8601) and value; "-" is stdin']],
    options: [
      {
        flags: '--kind <kind>',
        summary: 'leak (values in MB), spike (percent of one core) or novelty (any)',
        choices: ['leak', 'spike', 'novelty'],
        defaultValue: 'leak',
      },
    ],
    load: () => import('./commands/detect.ts'),
  },
  operation('start', 'start programs'),
  operation('stop', 'stop programs gracefully', [{ flags: '--force', summary: 'kill at once' }, TIMEOUT]),
  operation('restart', 'stop programs and start them again', [TIMEOUT]),
  operation('reload', 'have running programs read their configuration again, by their reload signal'),
  operation('kill', 'end programs at once, without grace'),
  operation('pause', 'freeze programs with all their processes'),
  operation('resume', 'let paused programs go on'),
  decision('enable', 'allow programs to be started, and start them'),
  decision('disable', 'stop programs and forbid starting them'),
  {
    name: 'add',
    group: DEFINE,
    summary: 'define a program and start it: healer add web -- node web.js',
    arguments: [
      ['<id>', 'how it is to be called'],
      ['<command...>', 'what it runs, behind --'],
    ],
    options: DEFINITION,
    load: () => import('./commands/add.ts'),
  },
  {
    name: 'update',
    group: DEFINE,
    summary: 'change what is named of a program, in place if possible',
    arguments: [
      ['<id>', 'id of a program'],
      ['[command...]', 'what it runs from now on, behind --'],
    ],
    options: DEFINITION,
    load: () => import('./commands/update.ts'),
  },
  {
    name: 'remove',
    group: DEFINE,
    summary: 'stop programs that were added, and forget them',
    arguments: [['<ids...>', 'ids of programs']],
    load: () => import('./commands/remove.ts'),
  },
  {
    name: 'scale',
    group: DEFINE,
    summary: 'change how many instances of a program run',
    arguments: [
      ['<id>', 'id of a program'],
      ['<count>', 'how many instances'],
    ],
    load: () => import('./commands/scale.ts'),
  },
  {
    name: 'config',
    group: ENGINE,
    summary: 'show or change settings of the engine, or check the files that define programs',
    details: `healer config get [KEY]            show settings
healer config set KEY [VALUE]      change one; without a value it is taken back
healer config check [FILE...]      find what is wrong in healer.yaml and process lists, without an engine`,
    arguments: [
      ['[action]', '"get", "set" or "check"'],
      ['[words...]', 'a key and its value, or files (default: those that "healer up" takes)'],
    ],
    load: () => import('./commands/config.ts'),
  },
  {
    name: 'hold',
    group: OPERATE,
    summary: 'switch the healing of programs off; faults are still told',
    arguments: IDS,
    options: [{ flags: '--for <duration>', summary: 'end by itself after this long, e.g. 30m', parse: durationOption }],
    load: () => import('./commands/hold.ts'),
  },
  {
    name: 'release',
    group: OPERATE,
    summary: 'switch the healing of programs on again',
    arguments: IDS,
    load: () => import('./commands/release.ts'),
  },
  {
    name: 'track',
    group: OPERATE,
    summary: 'end a process that healer did not start, tree and all, once its parent is gone',
    arguments: [['[pid]', 'pid of a process']],
    options: [{ flags: '--list', summary: 'show what is tracked' }],
    load: () => import('./commands/track.ts'),
  },
  {
    name: 'untrack',
    group: OPERATE,
    summary: 'let a tracked process alone again',
    arguments: [['<pid>', 'pid of a process']],
    load: () => import('./commands/untrack.ts'),
  },
  {
    name: 'import',
    group: SET_UP,
    summary: 'write a healer.yaml from a Procfile, PM2 or supervisord',
    details: IMPORT_DETAILS,
    arguments: [['<file>', 'Procfile, ecosystem file of PM2 or .conf of supervisord']],
    options: [
      { flags: '-o, --output <file>', summary: 'where to write it', defaultValue: 'healer.yaml' },
      { flags: '--stdout', summary: 'print it and write no file' },
      { flags: '--force', summary: 'replace the file that is there' },
      {
        flags: '--kind <kind>',
        summary: 'what the file is, where neither its name nor its content tells',
        choices: ['procfile', 'pm2', 'supervisord'],
      },
      { flags: '--env <name>', summary: 'take env_<name> of a PM2 file too, e.g. production' },
    ],
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'startup',
    group: SET_UP,
    summary: 'print a unit that starts the engine at boot',
    details: STARTUP_DETAILS,
    arguments: [['<manager>', '"systemd"']],
    options: [
      { flags: '--user', summary: 'a unit of your own (default, except for root)' },
      { flags: '--system', summary: 'a unit of the system' },
      { flags: '--write', summary: 'put it where it belongs, and say what is left to do' },
    ],
    load: () => import('./commands/startup.ts'),
  },
  {
    name: 'test-email',
    group: SET_UP,
    summary: 'check the settings of alerts and send one of each kind',
    load: () => import('./commands/test-email.ts'),
  },
  {
    name: 'completion',
    group: SET_UP,
    summary: 'print what completes healer in a shell',
    details: COMPLETION_DETAILS,
    arguments: [['[shell]', '"bash", "zsh" or "fish"']],
    options: [{ flags: '--ids', summary: 'print the ids of programs, for completions' }],
    load: async () => {
      const { completeFrom } = await import('./commands/completion.ts');
      return { run: completeFrom(COMMANDS, GLOBAL_OPTIONS) };
    },
  },
  {
    name: 'doctor',
    group: SET_UP,
    summary: 'check whether all that healer needs is there',
    load: () => import('./commands/doctor.ts'),
  },
];
