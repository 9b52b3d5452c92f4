/** Commands of other program managers, and the command of healer that does the same or comes closest. */
const COMMANDS: Readonly<Record<string, string>> = {
  ...each(
    ['delete', 'del', 'rm', 'unregister', 'uninstall'],
    '"healer remove ID" stops a program and removes its definition',
  ),
  ...each(
    ['save', 'dump', 'freeze'],
    'nothing has to be saved: definitions are stored when they change, and "healer up" starts the same programs again',
  ),
  ...each(['resurrect', 'load', 'restore'], '"healer up" starts the programs of the last time again'),
  ...each(['monit', 'monitor', 'dash', 'dashboard', 'top', 'htop', 'ui'], '"healer tui" shows all programs live'),
  ...each(['show', 'desc', 'inspect', 'info', 'cat'], '"healer describe ID" shows a program in detail'),
  ...each(
    ['list', 'l', 'ps', 'avail', 'jlist', 'prettylist', 'slist'],
    '"healer ls" lists programs, with --json as JSON',
  ),
  ...each(['tail', 'journalctl', 'output', 'attach', 'fg'], '"healer logs ID -f" follows the output of a program'),
  ...each(['maintail', 'history', 'journal'], '"healer events -f" follows what healer does'),
  ...each(['reread', 'plan', 'diff'], '"healer reload-config --dry-run" shows what an edit would change'),
  ...each(['daemon-reload', 'refresh', 'apply'], '"healer reload-config" applies edits of the files'),
  ...each(
    ['flush', 'clear', 'truncate', 'reloadlogs', 'rotate'],
    'logs are rotated by themselves (logs.maxSizeMb, logs.keep); "healer describe ID" shows where the log is',
  ),
  ...each(
    ['sendsignal', 'trigger'],
    '"healer signal ID SIGNAL" sends any signal, "healer reload ID" the reload signal',
  ),
  ...each(['shutdown', 'quit', 'exit', 'halt', 'killall'], '"healer down" stops all programs and the engine'),
  ...each(['daemon'], '"healer up" starts the engine and its programs'),
  ...each(['unstartup'], 'disable the unit of "healer startup systemd" with systemctl disable'),
  ...each(
    ['ecosystem', 'generate', 'create', 'new', 'register'],
    '"healer init" writes a healer.yaml for this folder; "healer add ID -- COMMAND ARGS" adds a program and starts it',
  ),
  ...each(
    ['reset', 'reset-failed'],
    '"healer cooldown reset ID" ends a cooldown; "healer start ID" starts a failed program',
  ),
  ...each(['id', 'pid', 'pids', 'mainpid'], '"healer ls" shows the pids'),
  ...each(['env', 'environ'], '"healer describe ID" shows the definition of a program'),
  ...each(['set', 'get'], '"healer config set KEY VALUE" and "healer config get" change and show settings'),
  ...each(['unset'], '"healer config set KEY" without a value restores a default'),
  ...each(['edit', 'set-property', 'modify', 'change', 'rename'], '"healer update ID" changes a definition'),
  ...each(['mask'], '"healer disable ID" stops a program and prevents its start'),
  ...each(['unmask'], '"healer enable ID" allows a program to start, and starts it'),
  ...each(
    ['is-active', 'is-failed', 'health'],
    '"healer ls ID" shows the state of a program, "healer check ID" its health',
  ),
  ...each(['suspend'], '"healer pause ID" freezes a program'),
  ...each(['cont', 'continue', 'thaw', 'unfreeze'], '"healer resume ID" resumes a paused program'),
  ...each(
    ['try-restart', 'gracefulreload', 'gracefulrestart', 'softreload', 'respawn'],
    '"healer restart ID" restarts a program gracefully',
  ),
  ...each(
    ['ping', 'report', 'version', 'stat', 'stats'],
    '"healer status" shows the engine and its host, "healer --version" the version',
  ),
  ...each(['exec', 'sh', 'shell', 'ssh'], 'healer runs no commands within programs; "healer run ID" runs a job'),
  ...each(
    ['list-timers', 'timers', 'jobs', 'cron', 'schedule'],
    '"healer describe ID" shows the schedule of a program and its next run',
  ),
  ...each(
    ['groups', 'group', 'namespace', 'namespaces'],
    'write a group as "@name" where a command takes ids: healer ls @name',
  ),
  ...each(['list-sockets', 'sockets', 'ports', 'port'], '"healer describe ID" shows the sockets of a program'),
  ...each(
    ['compose', 'docker'],
    '"healer import docker-compose.yml" converts a file, and "healer up" starts its programs',
  ),
  ...each(['unhold', 'unpause'], '"healer release ID" resumes healing; "healer resume ID" resumes a paused program'),
  ...each(['rolling', 'rolling-restart', 'roll'], '"healer restart ID --rolling" restarts instances one after another'),
  ...each(
    ['list-units', 'list-dependencies'],
    '"healer ls" lists programs, "healer describe ID" shows what one depends on',
  ),
  ...each(['project', 'process', 'recipe'], '"healer ls" lists programs, and "healer --help" all commands'),
  ...each(['metrics', 'prometheus'], 'GET /metrics of the HTTP API returns metrics; see docs/http-api.md'),
  ...each(
    ['deploy', 'install', 'module', 'module:install', 'link', 'plus', 'publish', 'serve'],
    'healer has no equivalent',
  ),
};

/** Options of other program managers. */
const OPTIONS: Readonly<Record<string, string>> = {
  '--name': 'the id is the first argument: healer add ID -- COMMAND',
  '--max-memory-restart': 'use --memory',
  '--max-memory': 'use --memory',
  '--mem': 'use --memory',
  '--cpus': 'use --cpu',
  '--no-autorestart': 'use --restart never',
  '--autorestart': 'use --restart always',
  '--cron-restart': 'set "schedule" in healer.yaml',
  '--interpreter': 'write the interpreter as the command: healer add ID -- python3 app.py',
  '--scale': 'use --instances',
  '--namespace': 'set "groups" in healer.yaml',
  '--log': 'healer writes logs/ID/current.log; "healer logs ID" shows it',
  '--output': 'healer writes logs/ID/current.log; "healer logs ID" shows it',
  '--error': 'healer writes logs/ID/current.log; "healer logs ID --stream stderr" shows it',
  '--err': 'use --stream stderr',
  '--out': 'use --stream stdout',
  '--tail': 'use --lines',
  '--nostream': 'leave it out: without -f, only past lines are printed',
  '--raw': 'leave it out: lines are printed without a prefix for a single program',
  '--daemon': 'leave it out: the engine runs in the background unless --foreground is given',
  '--directory': 'use --cwd',
  '--workdir': 'use --cwd',
  '--environment': 'use --env NAME=VALUE',
  '--config': 'use -f, --file',
  '--configuration': 'use -f, --file',
  '--detach': 'leave it out: the engine runs in the background unless --foreground is given',
  '--no-daemonize': 'use --foreground',
  '--nodaemon': 'use --foreground',
  '--signal': 'set stop.signal or reload.signal in healer.yaml',
  '--all': 'write all in place of an id',
  '-a': 'write all in place of an id',
  '-v': 'write -V or --version for the version',
  '--port': 'set the port in the arguments or with --env PORT=8080, or define "sockets" in healer.yaml',
  '--user': 'set "user" in healer.yaml',
  '--schedule': 'set "schedule" in healer.yaml',
  '--cron': 'set "schedule" in healer.yaml',
  '--depends-on': 'set "dependsOn" in healer.yaml',
  '--after': 'set "dependsOn" in healer.yaml',
  '--health': 'set "health" in healer.yaml',
  '--healthcheck': 'set "health" in healer.yaml',
  '--umask': 'set "umask" in healer.yaml',
  '--nice': 'set "nice" in healer.yaml',
  '--hook': 'set "hooks" in healer.yaml',
  '--group': 'set "groups" or "group" in healer.yaml',
  '--format': 'use --json',
  '--sort': 'sort the output of --json, or press "s" in "healer tui"',
};

/** Options that have another meaning for one command, by command. */
const OPTIONS_OF = byCommand(
  [
    ['up', 'start', 'restart', 'add', 'update'],
    {
      '--watch': 'programs are not restarted when files change',
    },
  ],
  [['enable', 'disable'], { '--now': 'leave it out: enable also starts, and disable also stops' }],
  [['up'], { '-d': 'leave it out: the engine runs in the background unless --foreground is given' }],
  [
    ['ls'],
    {
      '-a': 'leave it out: all programs are listed',
      '-l': 'leave it out: all columns are printed',
      '-o': 'use --json',
      '--all': 'leave it out: all programs are listed',
    },
  ],
  [
    ['start', 'restart'],
    {
      '-i': '"healer scale ID NUMBER" changes the number of instances',
      '--update-env':
        'leave it out: env files are read at each start; "healer update ID --env NAME=VALUE" changes variables',
    },
  ],
  [['stop'], { '-f': 'use --force' }],
  [
    ['events'],
    {
      '--kind': 'use --json, and select by "kind"',
      '--type': 'use --json, and select by "kind"',
      '--since': 'use -n, --lines, or --json and select by "time"',
    },
  ],
  [['up', 'down', 'reload-config'], { '-c': 'use -f, --file' }],
  [
    ['config'],
    {
      '-f': 'write the file without an option: healer config check FILE',
      '--file': 'write the file without an option: healer config check FILE',
    },
  ],
  [['run'], { '-d': '"healer run" waits for a job; "healer start ID" does not', '--rm': 'leave it out' }],
);

/** Commands that take no arguments, and what is meant by one. */
const SURPLUS: Readonly<Record<string, (word: string) => string>> = {
  up: (word) =>
    /^[./]*$/.test(word)
      ? '"healer up" reads the healer.yaml and the process_list.txt of the current folder'
      : /[./]/.test(word)
        ? `did you mean "healer up -f ${word}"?`
        : `did you mean "healer start ${word}"?`,
  down: (word) => `did you mean "healer stop ${word}"?`,
  status: (word) => `did you mean "healer ls ${word}" or "healer describe ${word}"?`,
  'reload-config': (word) => `did you mean "healer up -f ${word}"?`,
  events: (word) => `did you mean "healer events --process ${word}"?`,
  tui: (word) => `did you mean "healer describe ${word}"?`,
};

function each(words: readonly string[], hint: string): Record<string, string> {
  return Object.fromEntries(words.map((word) => [word, hint]));
}

/** Returns the hints for options by command; a command may stand in several entries. */
function byCommand(
  ...entries: readonly (readonly [commands: readonly string[], hints: Readonly<Record<string, string>>])[]
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const found: Record<string, Record<string, string>> = {};
  for (const [commands, hints] of entries)
    for (const command of commands) found[command] = { ...found[command], ...hints };
  return found;
}

/** Returns the hint for a command that healer does not have; null if no manager has it. */
export function commandHint(word: string): string | null {
  return own(COMMANDS, word.toLowerCase());
}

/** What kill(1) takes a signal for. */
export const SIGNALS_HINT =
  '"healer kill ID" sends SIGKILL, and "healer stop ID" the stop signal; "healer signal ID SIGNAL" sends any other';

/** Returns the hint for an option that a command does not have; null if no manager has it. */
export function optionHint(flag: string, command: string | undefined): string | null {
  const name = flag.split('=')[0] ?? flag;
  const ofCommand = command !== undefined && Object.hasOwn(OPTIONS_OF, command) ? OPTIONS_OF[command] : undefined;
  if ((command === 'kill' || command === 'stop') && /^-(?:SIG)?[A-Z]{3,}\d?$/.test(name)) return SIGNALS_HINT;
  return (ofCommand === undefined ? null : own(ofCommand, name)) ?? own(OPTIONS, name);
}

/** Returns the hint for the first argument of a command that takes none; null if nothing in particular is meant. */
export function surplusHint(command: string, word: string): string | null {
  const hint = Object.hasOwn(SURPLUS, command) ? SURPLUS[command] : undefined;
  return hint?.(word) ?? null;
}

/** Returns the hint for a command that lacks an argument; null if nothing in particular is meant. */
export function missingHint(command: string, words: readonly string[]): string | null {
  const [, id, count] =
    words.map((word) => /^([A-Za-z0-9][A-Za-z0-9._@-]*)[=:](\d+|max)$/.exec(word)).find((match) => match !== null) ??
    [];
  return command === 'scale' && id !== undefined ? `write "healer scale ${id} ${String(count)}"` : null;
}

function own(table: Readonly<Record<string, string>>, key: string): string | null {
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}

const SCRIPT = /\.(?:[cm]?[jt]s|py|sh|rb|pl|php|jar|exe|go)$/i;
const INTERPRETERS: readonly (readonly [RegExp, string])[] = [
  [/\.[cm]?[jt]s$/i, 'node'],
  [/\.py$/i, 'python3'],
  [/\.sh$/i, 'sh'],
  [/\.rb$/i, 'ruby'],
  [/\.pl$/i, 'perl'],
  [/\.php$/i, 'php'],
  [/\.jar$/i, 'java -jar'],
];

/** Returns what is meant by a file where the id of a program is expected, as in `pm2 start ./server.js`; null for an id. */
export function fileHint(word: string): string | null {
  if (/(?:^|[./])ecosystem\.|(?:^|\/)(?:Procfile|supervisord?\.conf|dump\.pm2)|\.config\.[cm]?js$/i.test(word)) {
    return `to convert a file of another program manager: healer import ${word}`;
  }
  if (/\.(?:ya?ml|txt|json)$/i.test(word)) return `to start the programs of a file: healer up -f ${word}`;
  if (!word.includes('/') && !SCRIPT.test(word)) return null;
  const name = (word.split('/').at(-1) ?? '').replace(SCRIPT, '').replaceAll(/[^A-Za-z0-9._-]/g, '-') || 'web';
  const interpreter = INTERPRETERS.find(([pattern]) => pattern.test(word))?.[1];
  const command = interpreter === undefined ? word : `${interpreter} ${word}`;
  return `to add a program and start it: healer add ${name} -- ${command}`;
}
