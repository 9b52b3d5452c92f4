import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../base/duration.ts';
import type { Connection } from '../../client/connection/connection.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import type { Context } from '../command/context.ts';
import { endWatcher } from '../engine/end-watcher.ts';
import { type LabeledValue, printLabeledValues } from '../output/labeled-values.ts';
import { askSide, pairOf, type Side } from '../engine/pair.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { resolveSourceFiles } from '../definitions/source-files.ts';
import { connectIfRunning, ensureEngine } from '../engine/start-engine.ts';
import { withInstance } from '../command/with-instance.ts';
import { formatPeer } from './status.ts';

/** How long the new process may take to answer: an engine with many programs adopts them first. */
const RENEWAL_MS = 20_000;
const POLL_MS = 50;
const NOT_RUNNING = 3;

type WatcherOptions = OptionsOf<typeof ENGINE_COMMANDS.watcher>;

export const run: RunOf<typeof ENGINE_COMMANDS.watcher> = async (context, _args, options) => {
  refuseRemote(context, 'watcher');
  const chosen = [options.status, options.restart, options.stop].filter(Boolean);
  if (chosen.length > 1) {
    throw new HealerError('INVALID_CONFIG', '--status, --restart and --stop exclude each other — choose one');
  }
  if (options.status) return showStatus(context);
  if (options.restart) return renew(context);
  if (options.stop) return stop(context);
  return start(context, options);
};

/** Starts the engine before the watcher, which learns from the running engine how to restart it. */
async function start(context: Context, options: WatcherOptions): Promise<number> {
  const { terminal, paths, env } = context;
  const pair = await pairOf(context);
  const engine = await startMissing(context, options);
  // Without an engine to watch, the watcher must not start one either.
  const isStandalone = options.standalone || engine === null;
  engine?.close();
  const { connection, isNew } = await ensureEngine(
    pair.watcher,
    { files: [], observes: false, watchedInstance: paths.instance, isStandalone },
    { env: watcherEnvironment(env) },
  );
  const { pid } = connection.hello;
  connection.close();
  const watched = engine?.hello.pid ?? null;
  if (terminal.json) {
    terminal.printJson({ instance: pair.watcher.instance, pid, started: isNew, watches: paths.instance, watched });
    return 0;
  }
  const engineName = `"${paths.instance}"${watched === null ? ', which is not running' : ` (pid ${watched})`}`;
  terminal.print(`The watcher ${isNew ? 'started' : 'is already running'} (pid ${pid}) and watches ${engineName}.`);
  return 0;
}

/** Returns a connection to the engine, started if necessary; null if it is not running and must not be started. */
async function startMissing(context: Context, options: WatcherOptions): Promise<Connection | null> {
  const { paths } = context;
  const running = await connectIfRunning(paths);
  if (running !== null) return running;
  if (options.standalone || (await isSetStandalone(context))) return null;
  const files = await resolveSourceFiles(options.file, paths.configDir);
  const start = { files, observes: false, watchedInstance: null, isStandalone: false };
  return (await ensureEngine(paths, start)).connection;
}

async function isSetStandalone({ paths }: Context): Promise<boolean> {
  const [{ openOfflineRegistry }, { isStandaloneAmong }] = await Promise.all([
    import('../../config/sources/offline-registry.ts'),
    import('../../config/registry/peer-settings.ts'),
  ]);
  const registry = await openOfflineRegistry(paths, []);
  return isStandaloneAmong(await registry.settings());
}

/** Fixed ports belong to the engine, so the watcher uses its own or any free port. */
function watcherEnvironment(env: Context['env']): NodeJS.ProcessEnv {
  const ports = ['HEALER_API_PORT', 'HEALER_ALIVENESS_PORT'].flatMap((name) => {
    const own = env[name.replace('HEALER_', 'HEALER_WATCHER_')];
    const common = env[name];
    const isFixed = common !== undefined && /^[1-9]/.test(common);
    return own !== undefined || isFixed ? [[name, own ?? '0'] as const] : [];
  });
  return { ...env, ...Object.fromEntries(ports) };
}

async function showStatus(context: Context): Promise<number> {
  const { terminal } = context;
  const pair = await pairOf(context);
  const [engine, watcher] = await Promise.all([askSide(pair.engine), askSide(pair.watcher)]);
  if (terminal.json) terminal.printJson({ engine, watcher });
  else printLabeledValues(terminal, [...sideFacts('engine', engine), ...sideFacts('watcher', watcher)]);
  for (const { problem } of [engine, watcher]) if (problem !== null) terminal.note(problem);
  return watcher.alive ? 0 : NOT_RUNNING;
}

function sideFacts(label: string, { instanceId, pid, alive, uptimeMs, partner }: Side): LabeledValue[] {
  const up = alive && uptimeMs !== null ? `up ${formatDuration(uptimeMs)}` : 'not answering';
  const how = pid === null ? 'not running' : `pid ${pid}, ${up}`;
  return [
    [label, `"${instanceId}", ${how}`],
    [`${label} sees`, alive ? (formatPeer(partner) ?? 'no peer engine') : null],
  ];
}

/** Replaces the watcher with a new process, without any effect on the engine. */
async function renew(context: Context): Promise<number> {
  const { terminal } = context;
  const { watcher } = await pairOf(context);
  const connection = await connectIfRunning(watcher);
  if (connection === null) throw noWatcher(context);
  const { pid: before } = await connection.api.restartMonitor({});
  connection.close();
  const deadline = performance.now() + RENEWAL_MS;
  for (;;) {
    const { pid, alive } = await askSide(watcher);
    if (alive && pid !== before) {
      if (terminal.json) terminal.printJson({ instance: watcher.instance, before, pid });
      else terminal.print(`The watcher was replaced (pid ${String(pid)}, previously ${before}).`);
      return 0;
    }
    if (performance.now() > deadline) {
      const message = `the watcher (pid ${before}) exited, but the new one does not answer — see "${watcher.engineLog}"`;
      throw new HealerError('TIMEOUT', message, { pid: before });
    }
    await sleep(POLL_MS);
  }
}

async function stop(context: Context): Promise<number> {
  const { terminal, paths } = context;
  const pid = await endWatcher(context);
  if (pid === null) throw noWatcher(context);
  if (terminal.json) terminal.printJson({ pid });
  else terminal.print(`Stopped the watcher (pid ${pid}); "${paths.instance}" keeps running without one.`);
  return 0;
}

function noWatcher({ paths }: Context): HealerError {
  const command = withInstance(paths.instance)('watcher');
  return new HealerError(
    'ENGINE_NOT_RUNNING',
    `no watcher of "${paths.instance}" is running — start one with "${command}"`,
  );
}
