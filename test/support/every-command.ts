import type { COMMANDS } from '../../src/cli/command-groups/command-table.ts';

export type CommandName = keyof typeof COMMANDS;

/** Arguments for each command, about the program "web"; null for the terminal UI, which needs a terminal, and for
 * commands that need a fleet. */
const ARGUMENTS: Readonly<Record<CommandName, readonly string[] | null>> = {
  up: [],
  down: [],
  watcher: ['--status'],
  upgrade: [],
  sources: [],
  'reload-config': [],
  status: [],
  tui: null,
  config: ['get'],
  ls: [],
  describe: ['web'],
  why: ['web'],
  logs: ['web'],
  events: [],
  anomalies: [],
  suggest: [],
  record: ['web', 'recording', '--past'],
  zombies: [],
  check: ['web'],
  cooldown: ['reset', 'web'],
  detect: ['series.csv'],
  start: ['web'],
  stop: ['web'],
  restart: ['web'],
  reload: ['web'],
  run: ['web'],
  kill: ['web'],
  signal: ['web', 'HUP'],
  pause: ['web'],
  resume: ['web'],
  wait: ['web'],
  enable: ['web'],
  disable: ['web'],
  hold: ['web'],
  release: ['web'],
  track: ['1'],
  untrack: ['1'],
  add: ['other', '--cwd', '/tmp', '--', 'sleep', '100000'],
  update: ['web', '--memory', '100'],
  remove: ['web'],
  scale: ['web', '2'],
  init: ['--stdout'],
  import: ['Procfile'],
  startup: ['systemd'],
  'test-email': [],
  doctor: [],
  completion: ['bash'],
  'fleet ls': null,
  'fleet start': null,
  'fleet stop': null,
  'fleet restart': null,
  'fleet reload': null,
  'fleet kill': null,
  'fleet pause': null,
  'fleet resume': null,
  'fleet enable': null,
  'fleet disable': null,
  'fleet tui': null,
  'fleet init': null,
  'fleet invite': null,
  'fleet join': null,
  'fleet leave': null,
  'fleet fence': null,
  'fleet forget': null,
  'fleet backup': null,
  'fleet doctor': null,
};

/** The command lines that need no terminal. */
export const COMMAND_LINES = Object.entries(ARGUMENTS).flatMap(([name, args]) =>
  args === null ? [] : [[name, ...args] as const],
);

/** Commands that work without an engine. */
export const OFFLINE: ReadonlySet<string> = new Set<CommandName>([
  ...(['detect', 'init', 'import', 'startup', 'test-email', 'completion'] as const),
]);
