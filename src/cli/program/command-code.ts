import type { RunOf } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import type { COMMANDS } from '../command-groups/command-table.ts';

type Commands = typeof COMMANDS;

type CommandCode = {
  readonly [Name in keyof Commands]: () => Promise<{ readonly run: RunOf<Commands[Name]> }>;
};

/** The code of each command, loaded when the command runs: one command does not pay for the others at start-up. */
const COMMAND_CODE: CommandCode = {
  up: () => import('../commands/up.ts'),
  down: () => import('../commands/down.ts'),
  watcher: () => import('../commands/watcher.ts'),
  upgrade: () => import('../commands/upgrade.ts'),
  sources: () => import('../commands/sources.ts'),
  'reload-config': () => import('../commands/reload-config.ts'),
  status: () => import('../commands/status.ts'),
  tui: () => import('../commands/tui.ts'),
  config: () => import('../commands/config.ts'),

  ls: () => import('../commands/ls.ts'),
  describe: () => import('../commands/describe.ts'),
  wait: () => import('../commands/wait.ts'),
  why: () => import('../commands/why.ts'),
  logs: () => import('../commands/logs.ts'),
  events: () => import('../commands/events.ts'),
  anomalies: () => import('../commands/anomalies.ts'),
  record: () => import('../commands/record.ts'),
  suggest: () => import('../commands/suggest.ts'),
  zombies: () => import('../commands/zombies.ts'),
  check: () => import('../commands/check.ts'),
  cooldown: () => import('../commands/cooldown.ts'),
  detect: () => import('../commands/detect.ts'),

  start: () => operation('start'),
  stop: () => import('../commands/stop.ts'),
  restart: () => import('../commands/restart.ts'),
  reload: () => operation('reload'),
  run: () => import('../commands/run.ts'),
  kill: () => operation('kill'),
  signal: () => import('../commands/signal.ts'),
  pause: () => operation('pause'),
  resume: () => operation('resume'),
  enable: () => decision('enable'),
  disable: () => decision('disable'),
  hold: () => import('../commands/hold.ts'),
  release: () => import('../commands/release.ts'),
  track: () => import('../commands/track.ts'),
  untrack: () => import('../commands/untrack.ts'),

  add: () => import('../commands/add.ts'),
  update: () => import('../commands/update.ts'),
  remove: () => import('../commands/remove.ts'),
  scale: () => import('../commands/scale.ts'),

  init: () => import('../commands/init.ts'),
  import: () => import('../commands/import.ts'),
  startup: () => import('../commands/startup.ts'),
  'test-email': () => import('../commands/test-email.ts'),
  doctor: () => import('../commands/doctor.ts'),
  completion: () => import('../commands/completion.ts'),

  'fleet ls': () => import('../commands/fleet-ls.ts'),
  'fleet start': () => fleetOperation('start'),
  'fleet stop': () => fleetOperation('stop'),
  'fleet restart': () => fleetOperation('restart'),
  'fleet reload': () => fleetOperation('reload'),
  'fleet kill': () => fleetOperation('kill'),
  'fleet pause': () => fleetOperation('pause'),
  'fleet resume': () => fleetOperation('resume'),
  'fleet enable': () => fleetOperation('enable'),
  'fleet disable': () => fleetOperation('disable'),
  'fleet tui': () => import('../commands/fleet-tui.ts'),
  'fleet init': () => import('../commands/fleet-init.ts'),
  'fleet invite': () => import('../commands/fleet-invite.ts'),
  'fleet join': () => import('../commands/fleet-join.ts'),
  'fleet leave': () => import('../commands/fleet-leave.ts'),
  'fleet fence': () => import('../commands/fleet-fence.ts'),
  'fleet forget': () => import('../commands/fleet-forget.ts'),
  'fleet backup': () => import('../commands/fleet-backup.ts'),
  'fleet doctor': () => import('../commands/fleet-doctor.ts'),
};

/** Operations that take no options need no file of their own. */
type FleetOperation = 'start' | 'stop' | 'restart' | 'reload' | 'kill' | 'pause' | 'resume' | 'enable' | 'disable';

async function fleetOperation<Name extends FleetOperation>(
  name: Name,
): Promise<{ run: RunOf<Commands[`fleet ${Name}`]> }> {
  const { operateFleet } = await import('../commands/fleet-operate.ts');
  return { run: (context, ids, options) => operateFleet(context, name, ids, options) };
}

async function operation<Name extends 'start' | 'reload' | 'kill' | 'pause' | 'resume'>(
  name: Name,
): Promise<{ run: RunOf<Commands[Name]> }> {
  const { operateOn } = await import('../commands/operate.ts');
  return { run: (context, ids) => operateOn(context, name, ids) };
}

async function decision<Name extends 'enable' | 'disable'>(name: Name): Promise<{ run: RunOf<Commands[Name]> }> {
  const { setEnabled } = await import('../commands/set-enabled.ts');
  return { run: (context, ids) => setEnabled(context, name, ids) };
}

/** Any command, for callers that know neither its name nor its options. */
type RunCommand = (
  context: Context,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
) => Promise<number>;

/** Loads the code of a command. Pass it `options` with the values that the command's row describes. */
export async function loadCommand(name: string): Promise<RunCommand> {
  // The type of each command's options is inferred from its row, so the values read by that row fit.
  const code = COMMAND_CODE as unknown as Readonly<Record<string, () => Promise<{ readonly run: RunCommand }>>>;
  const load = code[name];
  if (load === undefined) throw new Error(`no code for the command "${name}"`);
  return (await load()).run;
}
