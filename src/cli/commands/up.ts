import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import type { Context } from '../command/context.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { resolveSourceFiles } from '../definitions/source-files.ts';
import { connectIfRunning, ensureEngine, runEngineHere } from '../engine/start-engine.ts';
import { withInstance } from '../command/with-instance.ts';

export const run: RunOf<typeof ENGINE_COMMANDS.up> = async (context, _args, options) => {
  refuseRemote(context, 'up');
  const files = await resolveSourceFiles(options.file, context.paths.configDir);
  const isAsked = options.file !== undefined;
  if (options.dryRun) return (await loadReport()).showPlan(context, files, isAsked);
  const start = {
    files,
    observes: options.observe,
    watchedInstance: null,
    isStandalone: options.standalone,
  };
  const isForeground = options.foreground || !options.daemon;
  const hasTerminal = process.stdin.isTTY && process.stdout.isTTY;
  if (isForeground || (options.attach && !hasTerminal)) {
    await runEngineHere(context.paths.instance, start);
    return Number(process.exitCode ?? 0);
  }
  if (options.attach) return attach(context, start);
  const [engine, { reportStart }] = await Promise.all([ensureEngine(context.paths, start), loadReport()]);
  try {
    return await reportStart(context, engine, start, isAsked);
  } finally {
    engine.connection.close();
  }
};

/** Loaded while the engine starts, which takes longer. */
function loadReport(): Promise<typeof import('../report/up-report.ts')> {
  return import('../report/up-report.ts');
}

/** Starts the engine in the background and attaches the UI, so that the engine outlives the terminal. */
async function attach(context: Context, start: EngineStartOptions): Promise<number> {
  const { paths, terminal } = context;
  const { connection } = await ensureEngine(paths, start);
  const { pid } = connection.hello;
  connection.close();
  const { openTui, wantsScreenReader } = await import('./tui.ts');
  const exitCode = await openTui(context, {
    readOnly: false,
    mouse: true,
    screenReader: wantsScreenReader(context.env),
  });
  const still = await connectIfRunning(paths).catch(() => null);
  still?.close();
  if (still === null) return exitCode;
  const command = withInstance(paths.instance);
  terminal.print(
    `The engine keeps running (pid ${still.hello.pid}${still.hello.pid === pid ? '' : ', a new process'}).`,
  );
  terminal.print(`Open this view again with "${command('tui')}"; stop everything with "${command('down')}".`);
  return exitCode;
}
